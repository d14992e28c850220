import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  BadRequestException,
  Logger,
  NotFoundException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common'
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { PlatformError } from '../../kernel/errors.js'
import { ProblemFilter } from './problem.filter.js'

beforeAll(() => Logger.overrideLogger(false))

interface Sent {
  status: number
  headers: Record<string, string>
  body: Record<string, unknown>
}

/**
 * What a caller gets when this was thrown. `isWrite`: the call carried an Idempotency-Key. `methods`: those
 * that the address knows.
 */
function answerTo(thrown: unknown, isWrite = false, methods: readonly string[] = []): Sent {
  const sent: Sent = { status: 0, headers: {}, body: {} }
  const reply = {
    header(name: string, value: string) {
      sent.headers[name] = value
      return reply
    },
    status(status: number) {
      sent.status = status
      return reply
    },
    send(body: string) {
      sent.body = JSON.parse(body)
      return reply
    },
  }
  const request = {
    id: 'req_1',
    url: '/v1/payments?limit=1',
    server: { methodsOf: (path: string) => (path === '/v1/payments' ? methods : []) },
    caller: isWrite ? { idempotency: {} } : null,
  }
  new ProblemFilter('https://docs').catch(thrown, new ExecutionContextHost([request, reply]))
  return sent
}

const withCode = (code: string, message = 'secret words') =>
  Object.assign(new Error(message), { code })

describe('ProblemFilter', () => {
  test('tells a wrong method from a wrong address, and names the right ones', () => {
    const sent = answerTo(new NotFoundException(), false, ['GET', 'POST'])
    expect(sent.status).toBe(405)
    expect(sent.headers.allow).toBe('GET, POST')
    expect(sent.body.code).toBe('method_not_allowed')
  })

  test('writes a problem document', () => {
    const error = new PlatformError(
      'bill_not_found',
      { status: 404, retryable: false },
      'No such bill.',
      {
        errors: [{ pointer: '/bill', code: 'bill_not_found', detail: 'no' }],
      },
    )
    expect(answerTo(error)).toEqual({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'https://docs/errors/bill_not_found',
        title: 'Bill not found',
        status: 404,
        detail: 'No such bill.',
        code: 'bill_not_found',
        request_id: 'req_1',
        retryable: false,
        errors: [{ pointer: '/bill', code: 'bill_not_found', detail: 'no' }],
      },
    })
  })

  test('says of a write whether it happened', () => {
    const refused = new HttpError('field_missing', 'no')
    expect(answerTo(refused, true).body.outcome).toBe('failed')
    expect(answerTo(refused).body.outcome).toBeUndefined()
    expect(answerTo(new Error('boom'), true).body.outcome).toBe('unknown')
    const doubtful = new HttpError('idempotency_in_progress', 'later', { outcome: 'unknown' })
    expect(answerTo(doubtful, true).body.outcome).toBe('unknown')
  })

  test('says when another try makes sense', () => {
    const error = new HttpError('service_unavailable', 'later', { retryAfterSeconds: 7 })
    expect(answerTo(error).headers['retry-after']).toBe('7')
  })

  test('tells nothing of what it did not expect', () => {
    for (const thrown of [new Error('secret words'), withCode('42P01'), 'secret words', null]) {
      const { status, body } = answerTo(thrown)
      expect([status, body.code, body.retryable, body.outcome]).toEqual([
        500,
        'internal_error',
        true,
        'unknown',
      ])
      expect(JSON.stringify(body)).not.toContain('secret')
    }
  })

  test.each([
    withCode('ECONNREFUSED'),
    withCode('ECONNRESET'),
    withCode('57P01'),
    withCode('08006'),
    withCode('53100'),
    withCode('53300'),
    withCode('P1001'),
    withCode('P1017'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])('calls a database that is away a pause, not our fault: %s', (thrown) => {
    const { status, headers, body } = answerTo(thrown)
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'service_unavailable', '2'])
    expect(body.outcome).toBe('unknown')
  })

  test.each([
    [new NotFoundException(), 404, 'route_not_found'],
    [new BadRequestException(), 400, 'request_invalid'],
    [new PayloadTooLargeException(), 413, 'body_too_large'],
    [new UnsupportedMediaTypeException(), 415, 'content_type_unsupported'],
    [withCode('FST_ERR_CTP_BODY_TOO_LARGE'), 413, 'body_too_large'],
    [withCode('FST_ERR_CTP_INVALID_CONTENT_LENGTH'), 400, 'request_invalid'],
    [withCode('FST_ERR_BAD_URL'), 400, 'request_invalid'],
  ])('answers %s with %i %s', (thrown, status, code) => {
    expect([answerTo(thrown).status, answerTo(thrown).body.code]).toEqual([status, code])
  })
})
