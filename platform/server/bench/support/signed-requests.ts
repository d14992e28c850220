import { createPrivateKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto'

/** Whose requests these are, and whom they are for. */
export interface Signer {
  readonly key_id: string
  readonly private_key: string
  /** What `@target-uri` begins with. */
  readonly origin: string
}

/** One request as the bytes that go onto the wire, and what its answer must contain. */
export interface PreparedRequest {
  readonly bytes: Buffer
  readonly expected: string
}

/** Creates of direct amounts, as the SDK sends them: a number, a key and a nonce of their own each. */
export function signCreates(signer: Signer, count: number): PreparedRequest[] {
  const key = createPrivateKey(signer.private_key)
  const run = randomBytes(6).toString('hex')
  return Array.from({ length: count }, (_, index) => {
    const number = `bench-${run}-${index}`
    const body = JSON.stringify({
      out_trade_no: number,
      amount: 12_800 + (index % 1000),
      subject: '2026 秋季学期学费',
      metadata: { student: String(index), term: '2026-1' },
    })
    const headers: [string, string][] = [
      ['content-digest', `sha-256=:${hash('sha256', body, 'base64')}:`],
      ['content-type', 'application/json'],
      ['idempotency-key', number],
    ]
    const bytes = requestBytes(signer, key, 'POST', '/v1/payments', headers, body)
    return { bytes, expected: `"out_trade_no":"${number}"` }
  })
}

/** Reads of these payments in turn. */
export function signReads(
  signer: Signer,
  count: number,
  ids: readonly string[],
): PreparedRequest[] {
  const key = createPrivateKey(signer.private_key)
  return Array.from({ length: count }, (_, index) => {
    const id = ids[index % ids.length] ?? ''
    const bytes = requestBytes(signer, key, 'GET', `/v1/payments/${id}`, [], '')
    return { bytes, expected: `"id":"${id}"` }
  })
}

/** RFC 9421 with the platform's profile: label, tag and components as the SDK writes them. */
function requestBytes(
  { key_id, origin }: Signer,
  key: KeyObject,
  method: string,
  path: string,
  headers: readonly [string, string][],
  body: string,
): Buffer {
  const covered: [string, string][] = [
    ['@method', method],
    ['@target-uri', origin + path],
    ...headers,
  ]
  const created = Math.floor(Date.now() / 1000)
  const nonce = randomBytes(16).toString('base64url')
  const parameters =
    `(${covered.map(([name]) => `"${name}"`).join(' ')})` +
    `;created=${created};nonce="${nonce}";keyid="${key_id}";tag="bursar-request"`
  const lines = covered.map(([name, value]) => `"${name}": ${value}\n`).join('')
  const base = Buffer.from(`${lines}"@signature-params": ${parameters}`, 'latin1')
  const signature = sign(null, base, key).toString('base64')
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(origin).host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
    `signature-input: bursar=${parameters}`,
    `signature: bursar=:${signature}:`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}
