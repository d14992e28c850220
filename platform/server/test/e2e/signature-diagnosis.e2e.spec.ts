import { describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { sendPrepared } from '../support/platform.js'
import { countRows } from '../support/platform-database.js'
import type { PreparedRequest, RawAnswer } from '../support/raw-request.js'
import { addKey, openStage } from '../support/stage.js'

const stage = openStage()
const PATH = '/v1/test_helpers/signature_diagnosis'

/** Asks as anybody may: without credentials. */
const ask = (body: object): Promise<RawAnswer> =>
  stage.own.send({ path: PATH, body, signed: false, idempotencyKey: null })

async function diagnosisOf(body: object) {
  const answer = await ask(body)
  expect([answer.status, answer.json.object]).toEqual([200, 'signature_diagnosis'])
  return answer.json
}

/** As it goes over the wire. */
function textOf({ method, url, headers, body }: PreparedRequest): string {
  const { pathname, search } = new URL(url)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${pathname}${search} HTTP/1.1`, ...lines].join('\r\n')
  return `${head}\r\n\r\n${body?.toString() ?? ''}`
}

const write = () => stage.own.prepare({ path: '/v1/payments?x=1', body: paymentBody() })

describe('a shown request', () => {
  test('that is right is called valid, is not carried out, and can be sent afterwards', async () => {
    const prepared = stage.own.prepare({ path: '/v1/payments', body: paymentBody() })
    const before = await countRows(stage.own)
    const diagnosis = await diagnosisOf({ request: textOf(prepared) })
    expect(diagnosis).toMatchObject({
      valid: true,
      code: null,
      cause: null,
      key_id: stage.own.key_id,
      algorithm: 'ed25519',
      expected_base: expect.stringMatching(/^"@method": POST\n/),
    })
    expect(await countRows(stage.own)).toEqual(before)
    expect((await sendPrepared(prepared)).status).toBe(201)
  })

  test('may come in its parts, its body in base64', async () => {
    const { method, url, headers, body } = write()
    const shown = {
      method,
      target: url,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      body: body?.toString('base64'),
    }
    expect(await diagnosisOf(shown)).toMatchObject({ valid: true })
    expect(await diagnosisOf({ ...shown, method: 'PUT' })).toMatchObject({
      valid: false,
      code: 'signature_invalid',
    })
  })

  test.each<[string, string, (text: string) => string]>([
    [
      'content_digest_mismatch',
      'body_reserialized',
      (text) =>
        text
          .replace(/\{.*\}$/s, (body) => JSON.stringify(JSON.parse(body), null, 2))
          .replace(/content-length: \d+\r\n/, ''),
    ],
    [
      'signature_invalid',
      'trailing_slash',
      (text) => text.replace('/v1/payments?', '/v1/payments/?'),
    ],
    ['signature_invalid', 'query_encoding', (text) => text.replace('?x=1 ', '?x=%31 ')],
    [
      'signature_invalid',
      'unknown',
      (text) => text.replace(/idempotency-key: \S+/, 'idempotency-key: other'),
    ],
    [
      'signature_component_missing',
      'signature_component_missing',
      (text) => text.replace('"@target-uri" ', ''),
    ],
    [
      'signature_algorithm_mismatch',
      'signature_algorithm_mismatch',
      (text) => text.replace(/(signature-input: .*)/, '$1;alg="rsa-pss-sha512"'),
    ],
    [
      'signature_missing',
      'signature_missing',
      (text) => text.replaceAll(/signature(-input)?: .*\r\n/g, ''),
    ],
  ])('that is refused as %s, because of %s', async (code, cause, change) => {
    const request = change(textOf(write()))
    expect(await diagnosisOf({ request })).toMatchObject({ valid: false, code, cause })
  })

  test('that is old is told from one that is wrong', async () => {
    const created = Math.floor(Date.now() / 1000) - 3600
    const prepared = stage.own.prepare({ path: '/v1/payments', body: paymentBody(), created })
    expect(await diagnosisOf({ request: textOf(prepared) })).toMatchObject({
      valid: false,
      code: 'signature_expired',
      cause: 'clock',
      detail: expect.stringContaining('itself is right'),
    })
    const wrong = textOf(prepared).replace('POST ', 'PUT ')
    expect(await diagnosisOf({ request: wrong })).toMatchObject({ code: 'signature_invalid' })
  })

  test('is compared with the string that its program signed', async () => {
    const request = textOf(write()).replace('x=1', 'x=2')
    const { expected_base } = await diagnosisOf({ request })
    const signature_base = expected_base.replace('x=2', 'x=1')
    const diagnosis = await diagnosisOf({ request, signature_base })
    expect(diagnosis).toMatchObject({
      received_base: signature_base,
      cause: 'base_changed',
      first_difference: { line: 2, component: '@target-uri' },
    })
    const header = `Bursar-Debug-Base: ${Buffer.from(signature_base).toString('base64')}\r\n\r\n`
    const said = await diagnosisOf({ request: request.replace('\r\n\r\n', `\r\n${header}`) })
    expect(said).toEqual(diagnosis)
  })
})

describe('nothing is told', () => {
  test('of live keys, which look like keys that do not exist', async () => {
    const live = await addKey(stage.own, '--live')
    const answers = await Promise.all(
      [live.key_id, 'key_01jd0000000000000000000000'].map((keyId) =>
        diagnosisOf({
          request: textOf(stage.own.prepare({ path: '/v1/payments', keyId })),
        }),
      ),
    )
    const [ofLive, ofNone] = answers.map(({ key_id: _, expected_base: __, ...rest }) => rest)
    expect(ofLive).toEqual(ofNone)
    expect(ofNone).toMatchObject({ valid: false, code: 'key_unknown', algorithm: null })
  })
})

describe('what is no request is refused', () => {
  test.each([
    ['nothing', {}, 'field_value_invalid'],
    ['two forms of one', { request: 'GET / HTTP/1.1', method: 'GET' }, 'field_value_invalid'],
    ['no request line', { request: 'hello' }, 'field_format_invalid'],
    [
      'a body without an empty line',
      { request: 'POST /v1 HTTP/1.1\n{"a":1}' },
      'field_format_invalid',
    ],
    ['a huge one', { request: `GET / HTTP/1.1\nx: ${'x'.repeat(70_000)}` }, 'field_out_of_range'],
    ['an unknown field', { request: 'GET / HTTP/1.1', url: '/' }, 'field_unknown'],
  ])('%s', async (_, body, code) => {
    expectProblem(await ask(body), 400, code)
  })
})
