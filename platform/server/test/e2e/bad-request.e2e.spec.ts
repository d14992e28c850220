import { describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import { newPendingPayment, paymentBody } from '../support/fixtures.js'
import { expectNothingWritten } from '../support/nothing-written.js'
import { openStage } from '../support/stage.js'

const stage = openStage()
const UNKNOWN = '01jd0000000000000000000000'

let pending = ''
expectNothingWritten(
  () => stage.own,
  async () => {
    pending = (await newPendingPayment(stage.own)).id
  },
)

describe('a body', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  test.each([
    ['cut off', '{"amount":', 400, 'json_malformed'],
    ['with a trailing comma', '{"amount":1,}', 400, 'json_malformed'],
    ['with a comment', '{"amount":1}//', 400, 'json_malformed'],
    ['with NaN', '{"amount":NaN}', 400, 'json_malformed'],
    ['that is empty', '', 400, 'body_missing'],
    ['with one key twice', '{"amount":1,"amount":2}', 400, 'json_duplicate_key'],
    ['with one key twice in disguise', '{"amount":1,"amoun\\u0074":2}', 400, 'json_duplicate_key'],
    ['33 levels deep', deep(33), 400, 'json_too_deep'],
    ['a thousand levels deep', deep(1000), 400, 'json_too_deep'],
    ['that is not UTF-8', Buffer.from('{"subject":"\xff"}', 'latin1'), 400, 'json_invalid_utf8'],
    [
      'of 1 followed by a thousand zeros',
      `{"amount":1${'0'.repeat(1000)}}`,
      400,
      'json_number_out_of_range',
    ],
    ['that is a list', '[]', 400, 'field_type_invalid'],
    ['that is a text', '"pay"', 400, 'field_type_invalid'],
    ['that is null', 'null', 400, 'field_type_invalid'],
    ['with __proto__', '{"__proto__":{"amount":1}}', 400, 'json_malformed'],
    [
      'larger than 1 MiB',
      JSON.stringify({ subject: 'x'.repeat(1024 * 1024) }),
      413,
      'body_too_large',
    ],
  ])('is refused: %s', async (_, body, status, code) => {
    expectProblem(
      await stage.own.send({ method: 'POST', path: '/v1/payments', body }),
      status,
      code,
    )
  })

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=gbk'],
    [null],
  ])('is refused as %s', async (contentType) => {
    const headers = { 'content-type': contentType }
    const answer = await stage.own.send({ path: '/v1/payments', body: paymentBody(), headers })
    expectProblem(answer, 415, 'content_type_unsupported')
  })

  test('is refused on a GET, signed for or not', async () => {
    const request = { method: 'GET', path: '/v1/payments' }
    expectProblem(await stage.own.send({ ...request, body: {} }), 400, 'body_unexpected')
    expectProblem(await stage.own.send({ ...request, bodySent: '{}' }), 400, 'body_unexpected')
  })

  test('is refused where a POST takes none', async () => {
    const path = `/v1/payments/${pending}/close`
    const answer = await stage.own.send({ path, body: { reason: 'why not' } })
    expectProblem(answer, 400, 'body_unexpected')
  })
})

describe('an address', () => {
  test.each([
    ['that is nowhere', 'GET', '/v1/nowhere', 404, 'route_not_found'],
    ['outside the API', 'GET', '/etc/passwd', 404, 'route_not_found'],
    ['with a slash too many', 'GET', '/v1/payments/', 404, 'route_not_found'],
    ['with a broken escape', 'GET', '/v1/payments/%zz', 400, 'request_invalid'],
    ['with an endless id', 'GET', `/v1/payments/pay_${'0'.repeat(3000)}`, 400, 'request_invalid'],
    ['with another method', 'PUT', '/v1/payments', 405, 'method_not_allowed'],
    ['that cannot be deleted', 'DELETE', `/v1/payments/pay_${UNKNOWN}`, 405, 'method_not_allowed'],
  ])('is refused: %s', async (_, method, path, status, code) => {
    expectProblem(await stage.own.send({ method, path }), status, code)
  })

  test.each([
    ['limit=abc', 'field_type_invalid', '/limit'],
    ['limit=0', 'field_out_of_range', '/limit'],
    ['limit=101', 'field_out_of_range', '/limit'],
    ['limit=1&limit=2', 'field_type_invalid', '/limit'],
    ['cursor=bill_01jd0000000000000000000000', 'field_format_invalid', '/cursor'],
    ['created_at[gte]=yesterday', 'field_format_invalid', '/created_at[gte]'],
    ['status=lost', 'field_value_invalid', '/status'],
    ['colour=red', 'field_unknown', '/colour'],
  ])('is refused with ?%s', async (query, code, pointer) => {
    const answer = await stage.own.send({ path: `/v1/payments?${query}` })
    expectProblem(answer, 400, code)
    expect(answer.json.errors[0].pointer).toBe(pointer)
  })
})

describe('Bursar-Version', () => {
  test.each([['2020-01-01'], ['latest'], ['']])('is refused as "%s"', async (version) => {
    const headers = { 'bursar-version': version }
    expectProblem(await stage.own.send({ path: '/v1/payments', headers }), 400, 'version_unknown')
  })

  test('is obeyed when it is known', async () => {
    const headers = { 'bursar-version': '2026-12-01' }
    expect((await stage.own.send({ path: '/v1/bills', headers })).status).toBe(200)
  })
})
