import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { idTimeMs, newId } from '../../kernel/id.js'
import { REDACTED } from './redaction.rules.js'
import { newRecord, newUnknownRecord } from './request-log.fixture.js'
import { UNKNOWN_CALLER } from './request-log.types.js'
import { BODY_BYTES_MAX, toRequestLogRow } from './request-log-row.rules.js'

const rowOf = (changes: Parameters<typeof newRecord>[0] = {}) =>
  toRequestLogRow(newRecord(changes)).row

describe('a row', () => {
  test('says who called, what was asked and what was answered', () => {
    const record = newRecord({ target: '/v1/payments?limit=3' })
    const { row, base_to_seal } = toRequestLogRow(record)
    expect(row).toMatchObject({
      ...record.author,
      id: record.id,
      created_at: new Date(idTimeMs(record.id)),
      path: '/v1/payments',
      query: 'limit=3',
      status: 201,
      error_code: null,
      user_agent: 'test/1',
      request_body: '{"amount":1}',
      request_body_sha256: null,
      signature_base: record.evidence?.signature_base.toString(),
      signature: record.evidence?.signature.toString('base64'),
    })
    expect(base_to_seal).toBeNull()
  })

  test('of a caller who proved nothing names nobody, but the key they claim', () => {
    const key = newId('key')
    const headers = { 'signature-input': `bursar=();keyid="${key}"` }
    const { row } = toRequestLogRow(newUnknownRecord({ headers }))
    expect(row).toMatchObject({
      institution_id: UNKNOWN_CALLER,
      app_id: UNKNOWN_CALLER,
      livemode: false,
      key_id: key,
    })
    expect(row.request_headers).toContain('signature-input')
    for (const claim of ['key_x', "key_' or 1=1--", '../../etc/passwd', '']) {
      const forged = { 'signature-input': `bursar=();keyid="${claim}"` }
      expect(toRequestLogRow(newUnknownRecord({ headers: forged })).row.key_id).toBeNull()
    }
  })

  test.each([
    ['code', '{"detail":"\\"code\\":\\"no\\"","code":"bill_not_found"}', 'bill_not_found'],
    ['error', '{"error":"invalid_client"}', 'invalid_client'],
    ['nothing', 'oops', null],
  ])('takes the error code from %s', (_, response_body, code) => {
    expect(rowOf({ status: 400, response_body }).error_code).toBe(code)
    expect(rowOf({ status: 200, response_body }).error_code).toBeNull()
  })

  test('names the object of the path, or the one that was created', () => {
    const [pay, ref] = [newId('pay'), newId('ref')]
    const response_body = `{"id":"${ref}"}`
    const objectOf = (changes: Parameters<typeof newRecord>[0]) => rowOf(changes).object_id
    expect(objectOf({ target: `/v1/payments/${pay}/close?x=${ref}` })).toBe(pay)
    expect(objectOf({ target: `/v1/a/${pay}/b/${ref}` })).toBe(ref)
    expect(objectOf({ response_body })).toBe(ref)
    expect(objectOf({ response_body, status: 409 })).toBeNull()
    expect(objectOf({ response_body, method: 'GET' })).toBeNull()
  })

  test('keeps of credentials in headers only that they were there', () => {
    const headers = { authorization: 'Bearer abc', dpop: 'eyJx', cookie: 'sid=1', origin: 'h' }
    expect(JSON.parse(rowOf({ headers }).request_headers)).toEqual({
      origin: 'h',
      authorization: REDACTED,
      dpop: REDACTED,
      cookie: REDACTED,
    })
  })
})

describe('a body', () => {
  test.each([
    ['that is no JSON', Buffer.from('{"name":"张三"'), false],
    ['that says it is JSON and is not', Buffer.from('{"name":"张三"'), true],
    ['of another type', Buffer.from('name=张三'), false],
    ['that is too large', Buffer.from(JSON.stringify({ a: 'x'.repeat(BODY_BYTES_MAX) })), true],
  ])('%s is kept as size and digest', (_, body, is_body_json) => {
    expect(rowOf({ body, is_body_json })).toMatchObject({
      request_body: null,
      request_body_bytes: body.length,
      request_body_sha256: createHash('sha256').update(body).digest('hex'),
    })
  })

  test('is redacted', () => {
    const body = Buffer.from('{ "na\\u006de" : "张三", "amount":1}')
    expect(rowOf({ body }).request_body).toBe(`{"name":"${REDACTED}","amount":1}`)
    const response_body = '{"secret":"whsec_abcdef"}'
    expect(rowOf({ response_body }).response_body).toBe(`{"secret":"${REDACTED}"}`)
  })

  test('of an answer that is too large, no JSON, or the log itself is kept as size', () => {
    const large = `{"a":"${'费'.repeat(BODY_BYTES_MAX)}"}`
    const html = { 'content-type': 'text/html' }
    for (const row of [
      rowOf({ response_body: large }),
      rowOf({ response_body: '<p>', response_headers: html }),
      rowOf({ route: '/v1/request_logs/{id}' }),
    ]) {
      expect(row.response_body).toBeNull()
      expect(row.response_body_bytes).toBeGreaterThan(0)
    }
  })
})

describe('a signature base', () => {
  const evidenceOf = (...lines: string[]) => ({
    algorithm: 'ed25519',
    signature: Buffer.alloc(64),
    signature_base: Buffer.from(lines.join('\n')),
  })

  test.each([
    ['"authorization": DPoP opaque', 'opaque'],
    ['"dpop": proof', 'proof'],
    ['"x-api-key": hunter2', 'hunter2'],
    ['"@target-uri": https://a/v1/x?access_token=hunter2', 'hunter2'],
    ['"@target-uri": https://a/v1/payers/13800138000', '13800138000'],
    ['"idempotency-key": 13800138000', '13800138000'],
  ])('with %s is kept under seal, and in the open without it', (line, secret) => {
    const evidence = evidenceOf('"@method": GET', line, '"@signature-params": ();created=1')
    const { row, base_to_seal } = toRequestLogRow(newRecord({ evidence }))
    expect(base_to_seal).toBe(evidence.signature_base.toString())
    expect(row.signature_base).not.toContain(secret)
    expect(row.signature_base?.split('\n')).toHaveLength(3)
  })

  test('over a body with a PIN keeps no digest and no signature in the open: they confirm guesses', () => {
    const evidence = evidenceOf(
      '"@method": POST',
      '"content-digest": sha-256=:abc:',
      '"@signature-params": ();created=1',
    )
    const body = Buffer.from('{"pin":"135790","note":"x"}')
    const headers = { 'content-digest': 'sha-256=:abc:', signature: 'bursar=:def:' }
    const { row, base_to_seal } = toRequestLogRow(newRecord({ evidence, body, headers }))
    expect(row.signature).toBeNull()
    expect(base_to_seal).toContain(evidence.signature_base.toString())
    expect(base_to_seal).toContain(evidence.signature.toString('base64'))
    expect(JSON.stringify(row)).not.toMatch(/abc|135790/)
    const refused = toRequestLogRow(newRecord({ evidence: null, body, headers }))
    expect(JSON.stringify(refused.row)).not.toMatch(/abc|def|135790/)
    const unreadable = toRequestLogRow(newRecord({ body, is_body_json: false }))
    expect(unreadable.row.request_body_sha256).toBeNull()
  })
})
