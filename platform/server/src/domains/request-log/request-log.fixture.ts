import { newId } from '../../kernel/id.js'
import type { RequestRecord } from './request-log.types.js'

/** A call of an app that was answered; change what matters. */
export function newRecord(changes: Partial<RequestRecord> = {}): RequestRecord {
  const keyId = newId('key')
  return {
    id: newId('req'),
    author: {
      institution_id: newId('inst'),
      department_id: newId('dept'),
      app_id: newId('app'),
      livemode: false,
      key_id: keyId,
    },
    credential: 'signature',
    evidence: {
      algorithm: 'ed25519',
      signature_base: Buffer.from(
        `"@method": POST\n"@target-uri": https://pay.example.edu/v1/payments\n` +
          `"@signature-params": ("@method" "@target-uri");created=1763800000;nonce="abcdefghijklmnop";keyid="${keyId}";tag="bursar-request"`,
      ),
      signature: Buffer.alloc(64, 7),
    },
    method: 'POST',
    route: '/v1/payments',
    target: '/v1/payments',
    headers: { 'content-type': 'application/json', 'user-agent': 'test/1' },
    body: Buffer.from('{"amount":1}'),
    is_body_json: true,
    api_version: '2026-12-01',
    idempotency_key: 'k-1',
    caller_address: '192.0.2.1',
    status: 201,
    duration_us: 1234,
    steps: { read: 0.1, authenticate: 0.4, admit: 0.5, handle: 1.2 },
    response_headers: { 'content-type': 'application/json; charset=utf-8' },
    response_body: `{"id":"${newId('pay')}","object":"payment"}`,
    ...changes,
  }
}

/** A call of which nobody proved to be the author. */
export function newUnknownRecord(changes: Partial<RequestRecord> = {}): RequestRecord {
  return newRecord({ author: null, evidence: null, credential: 'none', status: 401, ...changes })
}
