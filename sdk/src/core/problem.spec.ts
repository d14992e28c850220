import { describe, expect, test } from '@jest/globals'
import * as errors from './errors.js'
import { errorFromResponse } from './problem.js'

function respond(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return errorFromResponse({ status, headers: new Headers(headers), body: text }, undefined)
}

describe('class by status', () => {
  test.each([
    [400, errors.BursarInvalidRequestError],
    [401, errors.BursarAuthenticationError],
    [403, errors.BursarPermissionError],
    [404, errors.BursarNotFoundError],
    [409, errors.BursarConflictError],
    [418, errors.BursarError],
    [422, errors.BursarInvalidRequestError],
    [429, errors.BursarRateLimitError],
    [500, errors.BursarApiError],
    [503, errors.BursarApiError],
  ])('%i', (status, expected) => {
    const error = respond(status, { code: 'some_code' })
    expect(error.constructor).toBe(expected)
    expect(error).toBeInstanceOf(errors.BursarError)
    expect(error.name).toBe(expected.errorName)
    expect(error.name).toBe(expected.name)
  })
})

test('carries everything that the problem says', () => {
  const body = {
    type: 'https://pay.test/docs/errors/invalid_request',
    title: 'Invalid request',
    detail: 'amount must be at least 1',
    status: 422,
    code: 'invalid_request',
    request_id: 'req_body',
    retryable: false,
    outcome: 'failed',
    errors: [{ pointer: '/amount', code: 'too_small', detail: 'at least 1' }],
  }
  const error = respond(422, body, { 'x-request-id': 'req_header', 'retry-after': '1' })
  expect(error).toMatchObject({
    message: 'invalid_request: amount must be at least 1',
    code: 'invalid_request',
    status: 422,
    type: body.type,
    title: body.title,
    detail: body.detail,
    requestId: 'req_header',
    retryable: false,
    outcome: 'failed',
    errors: body.errors,
    rawBody: JSON.stringify(body),
  })
  expect(error.headers?.get('retry-after')).toBe('1')
})

test('survives an answer that is not a problem document', () => {
  expect(respond(502, '<html>Bad Gateway</html>')).toMatchObject({
    code: 'http_502',
    retryable: true,
    errors: [],
    rawBody: '<html>Bad Gateway</html>',
  })
  expect(respond(400, { errors: 'nonsense', outcome: 7, code: null })).toMatchObject({
    code: 'http_400',
    errors: [],
    outcome: undefined,
  })
})

test('reads the errors of OAuth endpoints', () => {
  const error = respond(401, { error: 'invalid_client', error_description: 'unknown key' })
  expect(error).toMatchObject({ code: 'invalid_client', detail: 'unknown key' })
})
