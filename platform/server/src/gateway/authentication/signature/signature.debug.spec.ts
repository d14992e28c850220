import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { sm2, sm3 } from 'sm-crypto-v2'
import {
  keyOf,
  makeVerifier,
  type SigningOptions,
  signRequest,
  vectors,
} from '../../../../test/security/signing-support.js'
import { makeContentDigest } from '../../../infra/crypto/content-digest.js'
import type { SignatureCause } from './debug/hypothesis.js'
import type { SignatureDebug } from './signature.debug.js'
import { SignatureError } from './signature.errors.js'
import type { RequestToVerify } from './signature.reader.js'

async function refusalOf(request: RequestToVerify, livemode = false): Promise<SignatureError> {
  const { verifier } = makeVerifier({ livemode })
  const refused = await verifier.verify(request).then(
    () => new Error('accepted'),
    (error: unknown) => error,
  )
  if (refused instanceof SignatureError) return refused
  throw refused
}

async function debugOf(request: RequestToVerify): Promise<SignatureDebug> {
  const { options } = await refusalOf(request)
  const { signature_debug } = options.extensions ?? {}
  if (!isDebug(signature_debug)) throw new Error('no explanation')
  return signature_debug
}

function isDebug(value: unknown): value is SignatureDebug {
  return typeof value === 'object' && value !== null && 'likely_cause' in value
}

/** What a signer that makes this mistake sends, and what it would say that it signed. */
function mistaken(change: (base: string) => string | Buffer, options: SigningOptions = {}) {
  let signed = Buffer.alloc(0)
  const spoil = (base: Buffer) => {
    signed = Buffer.from(change(base.toString()))
    return signed
  }
  const request = signRequest({ ...options, spoil })
  const header = ['Bursar-Debug-Base', signed.toString('base64')]
  return { request, told: { ...request, rawHeaders: [...request.rawHeaders, ...header] } }
}

const replaced = (from: string | RegExp, to: string) => (base: string) => base.replace(from, to)
const BODY = '{"amount":12800,"note":"学费 a/b","when":[1,2]}'
const withBody = { body: BODY } satisfies SigningOptions
const digestLine = (body: string) => replaced(/sha-256=:.*:/, makeContentDigest(Buffer.from(body)))
const QUERY = '/v1/bills?b=%E5%AD%A6+x&a=2'
const get = { body: null, target: QUERY } satisfies SigningOptions
const bare = { target: '/v1/payments' } satisfies SigningOptions
const keyed = { headers: ['idempotency-key', 'order-1'] } satisfies SigningOptions

const MISTAKES: [SignatureCause, string, (base: string) => string | Buffer, SigningOptions?][] = [
  ['trailing_newline', 'a newline at the end', (base) => `${base}\n`],
  ['trailing_newline', 'CR LF at the end', (base) => `${base}\r\n`],
  ['line_ends', 'CR LF', (base) => base.replaceAll('\n', '\r\n')],
  ['names_not_quoted', 'bare names', (base) => base.replaceAll(/^"(.+?)":/gm, '$1:')],
  ['names_not_quoted', 'no space after colons', (base) => base.replaceAll(/^(".+?"): /gm, '$1:')],
  ['method_case', 'a method in lower case', replaced('POST', 'post')],
  ['query_missing', 'no query', replaced(/\?\S*/, ''), get],
  ['query_order', 'a sorted query', replaced(/\?(\S+)&(\S+)/, '?$2&$1'), get],
  ['query_encoding', 'a decoded query', (base) => decodeURIComponent(base), get],
  ['query_encoding', 'lower-case escapes', replaced('%E5%AD%A6', '%e5%ad%a6'), get],
  ['query_encoding', 'a plus written as %20', replaced('+x', '%20x'), get],
  ['query_encoding', 'a question mark too much', replaced('/payments', '/payments?'), bare],
  ['target_not_absolute', 'no origin', replaced('https://pay.example.edu', '')],
  ['target_scheme', 'http', replaced('https:', 'http:')],
  ['target_port', 'the default port', replaced('edu', 'edu:443')],
  [
    'target_host',
    'another host',
    replaced('pay.example.edu', 'gateway.internal:8080'),
    { headers: ['host', 'gateway.internal:8080', ...keyed.headers] },
  ],
  ['trailing_slash', 'a slash at the end', replaced('/payments', '/payments/')],
  ['path_prefix', 'no /v1', replaced('/v1/', '/')],
  ['url_normalized', 'a tidied path', replaced('/x/../y', '/y'), { ...get, target: '/x/../y' }],
  ['content_type', 'a charset', replaced('application/json', 'application/json; charset=utf-8')],
  [
    'body_reserialized',
    'the JSON of Python',
    digestLine(JSON.stringify(JSON.parse(BODY)).replaceAll(/(?<=[\d"\]])[,:](?=["\d[])/g, '$& ')),
    withBody,
  ],
  ['body_reserialized', 'the JSON of PHP', digestLine(BODY.replace('a/b', 'a\\/b')), withBody],
  [
    'body_reserialized',
    'JSON in ASCII',
    digestLine(BODY.replace('学费', '\\u5b66\\u8d39')),
    withBody,
  ],
  [
    'body_reserialized',
    'indented JSON',
    digestLine(JSON.stringify(JSON.parse(BODY), null, 2)),
    withBody,
  ],
  ['digest_of_other_bytes', 'a body with a newline', digestLine(`${BODY}\n`), withBody],
  ['digest_of_other_bytes', 'no body', digestLine(''), withBody],
  ['digest_form', 'the bare base64', replaced(/sha-256=:(.*):/, '$1'), withBody],
  ['header_whitespace', 'a space before a value', replaced('order-1', ' order-1'), keyed],
  ['header_form', 'quotes around a value', replaced('order-1', '"order-1"'), keyed],
  ['component_order', 'swapped lines', replaced(/^(.*)\n(.*)\n/, '$2\n$1\n')],
  ['component_set', 'a line left out', replaced(/"content-type": .*\n/, '')],
  [
    'component_set',
    'a line left out of the list too',
    replaced(/"content-type": .*\n([\s\S]*) "content-type"/, '$1'),
  ],
  ['parameter_order', 'keyid first', replaced(/(;created=.*?)(;keyid="[^"]*")/, '$2$1')],
  ['parameter_set', 'no tag', replaced(/;tag="[^"]*"/, '')],
  ['params_line', 'no last line', replaced(/\n"@signature-params.*$/, '')],
  ['params_line', 'the label in the last line', replaced('params": ', 'params": bursar=')],
  ['params_line', 'commas between names', (base) => base.replaceAll('" "', '", "')],
  ['base_encoded', 'base64 of the base', (base) => Buffer.from(base).toString('base64')],
  ['base_hashed', 'a hex hash of the base', (base) => sm3(Buffer.from(base))],
]

describe('a developer who signed', () => {
  test.each(MISTAKES)('%s: %s, is told so without being asked anything', async (...row) => {
    const [cause, , change, options] = row
    const { request } = mistaken(change, options)
    const debug = await debugOf(request)
    expect(debug).toMatchObject({ cause, likely_cause: expect.stringMatching(/^[A-Z].*\.$/) })
    // What they signed was found out, so the first difference is known too.
    expect(debug.first_difference).not.toBeNull()
  })

  test.each(MISTAKES)('%s: %s, is told the same who sends their base', async (...row) => {
    const [cause, , change, options] = row
    const debug = await debugOf(mistaken(change, options).told)
    expect(debug).toMatchObject({ cause, first_difference: { offset: expect.any(Number) } })
  })

  test('something that nobody thought of, is shown where the strings part', async () => {
    const { told, request } = mistaken(replaced('order-1', 'order-2'), keyed)
    expect(await debugOf(told)).toMatchObject({
      cause: 'base_changed',
      likely_cause: expect.stringContaining('idempotency-key'),
      first_difference: { component: 'idempotency-key' },
    })
    expect(await debugOf(request)).toMatchObject({ cause: 'unknown', first_difference: null })
  })

  test('one string and sent another for comparison, is told so', async () => {
    const request = signRequest({ ...keyed, spoil: () => Buffer.from('something else') })
    const header = ['bursar-debug-base', Buffer.from('"@method": POST').toString('base64')]
    const told = { ...request, rawHeaders: [...request.rawHeaders, ...header] }
    expect(await debugOf(told)).toMatchObject({ cause: 'debug_base_not_signed' })
  })
})

/** The request with a signature of its own making over the right base. */
function resigned(algorithm: keyof typeof KEYS, make: (base: Buffer) => Buffer): RequestToVerify {
  let signature = ''
  const spoil = (base: Buffer) => {
    signature = make(base).toString('base64')
    return base
  }
  const request = signRequest({ key: KEYS[algorithm], spoil })
  const at = request.rawHeaders.indexOf('signature') + 1
  return { ...request, rawHeaders: request.rawHeaders.with(at, `bursar=:${signature}:`) }
}

const KEYS = {
  ed25519: keyOf('ed25519'),
  p256: keyOf('ecdsa-p256-sha256'),
  pss: keyOf('rsa-pss-sha512'),
  rsa: keyOf('rsa-v1_5-sha256'),
  sm2: keyOf('sm2-sm3'),
}
const privateOf = (name: keyof typeof KEYS) => createPrivateKey(KEYS[name].test_private_key)
const rawP256 = (base: Buffer) =>
  sign('sha256', base, { key: privateOf('p256'), dsaEncoding: 'ieee-p1363' })
const swappedHalves = (raw: Buffer) => Buffer.concat([raw.subarray(32), raw.subarray(0, 32)])
const ed25519 = (base: Buffer) => sign(null, base, privateOf('ed25519'))

describe('a signature that was made or written in another way', () => {
  const rows: [SignatureCause, string, RequestToVerify][] = [
    [
      'signature_der',
      'P-256 in DER',
      resigned('p256', (base) => sign('sha256', base, privateOf('p256'))),
    ],
    [
      'signature_encoding',
      'hex',
      resigned('ed25519', (base) => Buffer.from(ed25519(base).toString('hex'))),
    ],
    [
      'signature_encoding',
      'base64 twice',
      resigned('ed25519', (base) => Buffer.from(ed25519(base).toString('base64'))),
    ],
    ['signature_halves', 's before r', resigned('p256', (base) => swappedHalves(rawP256(base)))],
    [
      'signature_scheme',
      'P-256 with SHA-512',
      resigned('p256', (base) =>
        sign('sha512', base, { key: privateOf('p256'), dsaEncoding: 'ieee-p1363' }),
      ),
    ],
    [
      'signature_scheme',
      'PKCS #1 for PSS',
      resigned('pss', (base) => sign('sha256', base, privateOf('pss'))),
    ],
    [
      'signature_scheme',
      'PKCS #1 with SHA-512',
      resigned('rsa', (base) => sign('sha512', base, privateOf('rsa'))),
    ],
    [
      'sm2_user_id',
      'SM2 without a user ID',
      resigned('sm2', (base) => sm2Signature(base, { userId: '', hash: true })),
    ],
    [
      'sm2_user_id',
      'SM2 over the plain digest',
      resigned('sm2', (base) => sm2Signature(Buffer.from(sm3(base), 'hex'), { hash: false })),
    ],
    ['other_key_of_app', 'another key of the app', resigned('ed25519', rawP256)],
  ]
  test.each(rows)('%s: %s', async (cause, _, request) => {
    expect(await debugOf(request)).toMatchObject({ cause })
  })

  test('beside a mistake in the base: both are told', async () => {
    const make = (base: Buffer) =>
      sign('sha256', Buffer.concat([base, Buffer.from('\n')]), privateOf('p256'))
    expect(await debugOf(resigned('p256', make))).toMatchObject({
      cause: 'trailing_newline',
      likely_cause: expect.stringMatching(/newline.*DER/),
    })
  })
})

function sm2Signature(bytes: Buffer, options: { userId?: string; hash: boolean }): Buffer {
  const der = privateOf('sm2').export({ format: 'der', type: 'pkcs8' })
  const at = der.indexOf(Buffer.from('0201010420', 'hex')) + 5
  const secret = der.subarray(at, at + 32).toString('hex')
  return Buffer.from(sm2.doSignature(bytes, secret, options), 'hex')
}

describe('a digest that is not of the body', () => {
  const sent = (rawBody: string) => ({ ...signRequest(withBody), rawBody: Buffer.from(rawBody) })

  test.each([
    ['body_reserialized', JSON.stringify(JSON.parse(BODY), null, 2)],
    ['digest_of_other_bytes', `${BODY} `],
    ['digest_of_other_bytes', BODY.replace('12800', '12801')],
  ])('%s', async (cause, body) => {
    const refusal = await refusalOf(sent(body))
    expect(refusal.code).toBe('content_digest_mismatch')
    expect(await debugOf(sent(body))).toMatchObject({
      cause,
      signature_base: expect.stringContaining('"content-digest": sha-256='),
    })
  })

  test('is not explained to live keys', async () => {
    const refusal = await refusalOf(sent('{}'), true)
    expect(refusal).toMatchObject({ code: 'content_digest_mismatch', options: {} })
  })
})

test('the mistakes in the vectors are all found', async () => {
  for (const { name, request } of vectors.requests) {
    if (!name.startsWith('signed: ')) continue
    const { cause } = await debugOf({
      method: request.method,
      targetUri: request.target_uri,
      rawHeaders: request.headers.flat(),
      rawBody: request.body === null ? null : Buffer.from(request.body),
    })
    expect([name, cause]).not.toEqual([name, 'unknown'])
  }
})

test('an unknown signer costs at most a bounded number of tries', async () => {
  for (const name of ['ed25519', 'sm2'] as const) {
    const curve = name === 'sm2' ? 'SM2' : 'P-256'
    const stranger = generateKeyPairSync('ec', { namedCurve: curve }).privateKey
    const make = (base: Buffer) =>
      sign('sha256', base, { key: stranger, dsaEncoding: 'ieee-p1363' })
    const startedAt = performance.now()
    expect(await debugOf(resigned(name, make))).toMatchObject({ cause: 'unknown' })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  }
})
