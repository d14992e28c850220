// Writes signing.json: `node openapi/vectors/generate.mjs`, or with `--check` only compares.
//
// It shares no code with the server or the SDK: the string that is signed is put together here by
// hand, so that the vectors are a second reading of the specification and not an echo of the first.
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as cryptoSign,
  verify as cryptoVerify,
} from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { derOf, signSm2 } from './sm2.mjs'

const here = (name) => new URL(name, import.meta.url)
const OUTPUT = here('signing.json')
const { warning, keys } = JSON.parse(readFileSync(here('test-keys.json'), 'utf8'))
const previousText = existsSync(OUTPUT) ? readFileSync(OUTPUT, 'utf8') : ''
const previous = previousText === '' ? [] : previousVectors(JSON.parse(previousText))

const NOW = 1795000000
const ORIGIN = 'https://pay.example.edu'
const BODY = '{"out_trade_no":"T2026-0001","amount":12800,"currency":"CNY","description":"学费"}'
const NONCE = 'q83vASNFZ4mrze8BI0VniQ'
const [ED25519, P256, PSS, RSA, SM2, PLATFORM] = keys

const digestOf = (body, algorithm = 'sha-256') => {
  const hash = createHash(algorithm.replace('-', '')).update(body).digest('base64')
  return `${algorithm}=:${hash}:`
}

function previousVectors(file) {
  return [...file.requests, ...file.responses]
}

const SCHEMES = {
  ed25519: { hash: null, options: () => ({}), isDeterministic: true },
  'ecdsa-p256-sha256': {
    hash: 'sha256',
    options: ({ isDer }) => ({ dsaEncoding: isDer ? 'der' : 'ieee-p1363' }),
    isDeterministic: false,
  },
  'rsa-pss-sha512': {
    hash: 'sha512',
    options: ({ saltLength = 64 }) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }),
    isDeterministic: false,
  },
  'rsa-v1_5-sha256': {
    hash: 'sha256',
    options: () => ({ padding: constants.RSA_PKCS1_PADDING }),
    isDeterministic: true,
  },
}

/** Which schemes give the same signature again. SM2 is random everywhere but in sm2.mjs. */
const isDeterministic = (algorithm) => SCHEMES[algorithm]?.isDeterministic ?? false

/**
 * ECDSA and PSS signatures are random. One that was written before and still verifies is kept, so
 * that running this again changes nothing.
 */
function makeSignature(name, key, base, options) {
  if (options.signature) return options.signature
  const algorithm = options.signAs ?? key.algorithm
  if (algorithm === 'sm2-sm3') {
    const raw = signSm2(key.test_private_key, Buffer.from(base), options)
    return options.isDer ? derOf(raw) : raw
  }
  const scheme = SCHEMES[algorithm]
  const keyOptions = scheme.options(options)
  const old = previous.find((vector) => vector.name === name)
  if (old?.signed_base === base) {
    const signature = Buffer.from(old.signature, 'base64')
    const publicKey = createPublicKey((options.signBy ?? key).public_key)
    const isKept = cryptoVerify(
      scheme.hash,
      Buffer.from(base),
      { key: publicKey, ...keyOptions },
      signature,
    )
    if (isKept) return signature
  }
  const privateKey = createPrivateKey((options.signBy ?? key).test_private_key)
  return cryptoSign(scheme.hash, Buffer.from(base), { key: privateKey, ...keyOptions })
}

/** The signature base of a request, written out line by line. */
function baseOf(request, components, params) {
  const lines = components.map((component) => {
    if (component === '@method') return `"@method": ${request.method}`
    if (component === '@target-uri') return `"@target-uri": ${ORIGIN}${request.target}`
    const [, value = ''] = request.headers.find(([name]) => name.toLowerCase() === component) ?? []
    return `"${component}": ${value.trim()}`
  })
  const list = components.map((component) => `"${component}"`).join(' ')
  return { base: [...lines, `"@signature-params": (${list})${params}`].join('\n'), list }
}

function paramsOf({ created = NOW - 5, nonce = NONCE, keyid, tag = 'bursar-request', more = '' }) {
  const part = (name, value) => (value === null ? '' : `;${name}="${value}"`)
  const time = created === null ? '' : `;created=${created}`
  return `${time}${part('nonce', nonce)}${part('keyid', keyid)}${part('tag', tag)}${more}`
}

const WITH_BODY = ['@method', '@target-uri', 'content-digest', 'content-type', 'idempotency-key']

function post(body = BODY, changes = {}) {
  return {
    method: 'POST',
    target: '/v1/payments',
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Digest', digestOf(body)],
      ['Idempotency-Key', 'order-2026-0001'],
    ],
    body,
    ...changes,
  }
}

function get(target = '/v1/payments?limit=2') {
  return { method: 'GET', target, headers: [], body: null }
}

/** Why a verifier refuses, in words; the code is what it answers. */
const WHY = {
  signature_missing: 'The request carries no signature.',
  signature_malformed: 'A signature header is not what RFC 9421 and this profile allow.',
  signature_ambiguous: 'The message can be read in two ways, so it is not read at all.',
  signature_component_missing: 'Something that must be covered is not, or is covered and absent.',
  signature_expired: 'The signature is too old.',
  signature_in_future: 'The signature is from the future.',
  signature_invalid: 'What was signed is not what the verifier builds from the request.',
  signature_algorithm_mismatch: 'The key decides the algorithm, and alg says otherwise.',
  content_digest_missing: 'A body came without Content-Digest.',
  content_digest_malformed: 'Content-Digest holds no digest that is accepted.',
  content_digest_mismatch: 'Content-Digest is not the digest of the bytes that arrived.',
  key_unknown: 'No key has this id.',
  nonce_missing: 'There is no nonce.',
  nonce_invalid: 'The nonce is too short, too long or not printable ASCII.',
}

/** What a verifier builds from what arrived; null when it refuses before it builds anything. */
function expectedBaseOf(sent, signedBase, error) {
  if (error === undefined) return signedBase
  if (error !== 'signature_invalid') return null
  const [, input] = sent.headers.find(([name]) => name === 'Signature-Input')
  const [, list, params] = /^[^=]+=\(([^)]*)\)(.*)$/.exec(input)
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name)
  return baseOf(sent, components, params).base
}

/**
 * One request vector. `signed` is what the signer signs; `change` is what happens afterwards; the
 * request that is sent is the result. `expected_base` is what the verifier builds from it.
 */
function request(name, key, signed, options = {}) {
  const components = options.components ?? (signed.body === null ? WITH_BODY.slice(0, 2) : WITH_BODY)
  const params = options.params ?? paramsOf({ keyid: key.key_id, ...options })
  const { base: honest, list } = baseOf(signed, components, params)
  const base = options.spoil ? options.spoil(honest) : honest
  const signature = makeSignature(name, key, base, options)
  const label = options.label ?? 'bursar'
  let sent = {
    ...signed,
    headers: [
      ...signed.headers,
      ['Signature-Input', `${label}=${options.wireInput ?? `(${list})${params}`}`],
      ['Signature', `${label}=:${signature.toString('base64')}:`],
    ],
  }
  if (options.change) sent = options.change(sent)
  return {
    name,
    valid: options.error === undefined,
    error: options.error ?? null,
    why: options.why ?? WHY[options.error] ?? null,
    key_id: key.key_id,
    algorithm: key.algorithm,
    deterministic: isDeterministic(options.signAs ?? key.algorithm),
    request: {
      method: sent.method,
      target: sent.target,
      target_uri: ORIGIN + sent.target,
      headers: sent.headers,
      body: sent.body,
    },
    signature_input: `(${list})${params}`,
    signed_base: base,
    expected_base: expectedBaseOf(sent, base, options.error),
    signature: signature.toString('base64'),
  }
}

const setHeader = (name, value) => (sent) => ({
  ...sent,
  headers: sent.headers.map(([key, old]) => [key, key === name ? value(old) : old]),
})
const addHeader = (name, value) => (sent) => ({ ...sent, headers: [...sent.headers, [name, value]] })
const dropHeader = (name) => (sent) => ({
  ...sent,
  headers: sent.headers.filter(([key]) => key !== name),
})
const withHeaders = (message, ...headers) => ({
  ...message,
  headers: [...message.headers, ...headers],
})
const without = (name) => WITH_BODY.filter((component) => component !== name)
const DER = 'r and s are sent as 64 raw bytes, never as DER.'

/** S + L is the same number modulo the group order L: a second signature made out of a good one. */
function withUnreducedS(value) {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const bytes = Buffer.from(value.slice('bursar=:'.length, -1), 'base64')
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order
  Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse().copy(bytes, 32)
  return `bursar=:${bytes.toString('base64')}:`
}

const flipSignatureBit = setHeader('Signature', (value) => {
  const bytes = Buffer.from(value.slice('bursar=:'.length, -1), 'base64')
  bytes[10] ^= 1
  return `bursar=:${bytes.toString('base64')}:`
})

const perAlgorithm = [ED25519, P256, PSS, RSA, SM2].flatMap((key) => [
  request(`${key.algorithm}: POST with a body`, key, post()),
  request(`${key.algorithm}: GET without a body`, key, get()),
  request(`${key.algorithm}: alg names the key's algorithm`, key, post(), {
    more: `;alg="${key.algorithm}"`,
  }),
  request(`${key.algorithm}: the body was changed`, key, post(), {
    error: 'content_digest_mismatch',
    change: (sent) => ({ ...sent, body: sent.body.replace('12800', '12801') }),
  }),
  request(`${key.algorithm}: body and digest were changed`, key, post(), {
    error: 'signature_invalid',
    change: (sent) => {
      const body = sent.body.replace('12800', '12801')
      return setHeader('Content-Digest', () => digestOf(body))({ ...sent, body })
    },
  }),
  request(`${key.algorithm}: one bit of the signature was changed`, key, post(), {
    error: 'signature_invalid',
    change: flipSignatureBit,
  }),
  request(`${key.algorithm}: alg disagrees with the key`, key, post(), {
    error: 'signature_algorithm_mismatch',
    more: `;alg="${key === ED25519 ? 'rsa-pss-sha512' : 'ed25519'}"`,
  }),
])

const valid = [
  request('ed25519: sha-512 digest', ED25519, post(BODY, {
    headers: [
      ['content-type', 'application/json'],
      ['content-digest', digestOf(BODY, 'sha-512')],
      ['idempotency-key', '"as-a-structured-string"'],
    ],
  })),
  request('ed25519: two digests', ED25519, post(BODY, {
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Digest', `${digestOf(BODY)}, ${digestOf(BODY, 'sha-512')}`],
      ['Idempotency-Key', 'order-2026-0001'],
    ],
  })),
  request('ed25519: the target is signed as it was sent', ED25519,
    get('/v1/bills//x/../%7e%7E?a=%e5%ad%a6&b=&a=1+2&&')),
  request('ed25519: an empty query keeps its question mark', ED25519, get('/v1/bills?')),
  request('ed25519: components in another order', ED25519, post(), {
    components: [...WITH_BODY].reverse(),
  }),
  request('ed25519: parameters in another order', ED25519, post(), {
    params: `;tag="bursar-request";keyid="${ED25519.key_id}";nonce="${NONCE}";created=${NOW}`,
  }),
  request('ed25519: Authorization, DPoP and a header of the caller', ED25519,
    withHeaders(get(), ['Authorization', 'DPoP at.jwt.sig'], ['DPoP', 'proof.jwt.sig'], ['X-Batch', '7']),
    { components: ['@method', '@target-uri', 'authorization', 'dpop', 'x-batch'] }),
  request('ed25519: spaces around a header value are not signed', ED25519, get(), {
    components: ['@method', '@target-uri', 'x-batch'],
    change: addHeader('X-Batch', ' \t '),
  }),
  request('ed25519: spaces in Signature-Input are not signed', ED25519, get(), {
    wireInput: `( "@method"   "@target-uri" )${paramsOf({ keyid: ED25519.key_id }).replaceAll(';', '; ')}`,
  }),
  request('ed25519: created 300 seconds ago', ED25519, get(), { created: NOW - 300 }),
  request('ed25519: created 60 seconds ahead', ED25519, get(), { created: NOW + 60 }),
  request('ed25519: expires later than now', ED25519, get(), { more: `;expires=${NOW + 1}` }),
  request('rsa-pss-sha512: salt of 32 bytes', PSS, post(), { saltLength: 32 }),
  request('rsa-pss-sha512: no salt', PSS, post(), { saltLength: 0 }),
]

const changedOnTheWay = [
  request('the method was changed', ED25519, get(), {
    error: 'signature_invalid',
    change: (sent) => ({ ...sent, method: 'HEAD' }),
  }),
  request('the query was changed', ED25519, get(), {
    error: 'signature_invalid',
    change: (sent) => ({ ...sent, target: '/v1/payments?limit=3' }),
  }),
  request('the percent-encoding of the path was changed', ED25519, get('/v1/bills/%7Ex'), {
    error: 'signature_invalid',
    change: (sent) => ({ ...sent, target: '/v1/bills/~x' }),
  }),
  request('the content type was changed', ED25519, post(), {
    error: 'signature_invalid',
    change: setHeader('Content-Type', () => 'application/json; charset=utf-8'),
  }),
  request('the idempotency key was changed', ED25519, post(), {
    error: 'signature_invalid',
    change: setHeader('Idempotency-Key', () => 'order-2026-0002'),
  }),
  request('created was changed', ED25519, get(), {
    error: 'signature_invalid',
    change: setHeader('Signature-Input', (value) =>
      value.replace(`created=${NOW - 5}`, `created=${NOW - 4}`)),
  }),
  request('the nonce was changed', ED25519, get(), {
    error: 'signature_invalid',
    change: setHeader('Signature-Input', (value) => value.replace(NONCE, `${NONCE}x`)),
  }),
  request('another key is named', PSS, get(), {
    error: 'signature_invalid',
    change: setHeader('Signature-Input', (value) => value.replace(PSS.key_id, RSA.key_id)),
  }),
  request('one of two digests is wrong', ED25519, post(BODY, {
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Digest', `${digestOf(BODY)}, ${digestOf(`${BODY} `, 'sha-512')}`],
      ['Idempotency-Key', 'order-2026-0001'],
    ],
  }), { error: 'content_digest_mismatch' }),
  request('a header that is covered was sent twice', ED25519, post(), {
    error: 'signature_ambiguous',
    change: addHeader('idempotency-key', 'order-2026-0001'),
  }),
  request('a covered header was removed', ED25519, withHeaders(get(), ['X-Batch', '7']), {
    error: 'signature_component_missing',
    components: ['@method', '@target-uri', 'x-batch'],
    change: dropHeader('X-Batch'),
  }),
  request('an Authorization header was added', ED25519, get(), {
    error: 'signature_component_missing',
    change: addHeader('Authorization', 'Bearer x'),
  }),
]

const notCovered = WITH_BODY.map((component) =>
  request(`${component} is not covered`, ED25519, post(), {
    error: 'signature_component_missing',
    components: without(component),
  }),
)

const signedInputOnly = (error, pattern) => ({
  error,
  change: setHeader('Signature-Input', pattern),
})

const malformed = [
  request('no signature', ED25519, get(), {
    error: 'signature_missing',
    change: (sent) => dropHeader('Signature')(dropHeader('Signature-Input')(sent)),
  }),
  request('Signature without Signature-Input', ED25519, get(), {
    error: 'signature_malformed',
    change: dropHeader('Signature-Input'),
  }),
  request('Signature-Input without Signature', ED25519, get(), {
    error: 'signature_malformed',
    change: dropHeader('Signature'),
  }),
  request('another label', ED25519, get(), { error: 'signature_malformed', label: 'sig1' }),
  request('another tag', ED25519, get(), { error: 'signature_malformed', tag: 'other' }),
  request('no tag', ED25519, get(), { error: 'signature_malformed', tag: null }),
  request('no keyid', ED25519, get(), { error: 'signature_malformed', keyid: null }),
  request('no created', ED25519, get(), { error: 'signature_malformed', created: null }),
  request('created is not an integer', ED25519, get(), {
    error: 'signature_malformed',
    created: `${NOW}.5`,
  }),
  request('created is given twice', ED25519, get(), {
    error: 'signature_malformed',
    more: `;created=${NOW}`,
  }),
  request('a component is covered twice', ED25519, get(), {
    error: 'signature_malformed',
    components: ['@method', '@target-uri', '@method'],
  }),
  request('a component in upper case', ED25519, post(), {
    error: 'signature_malformed',
    ...signedInputOnly('signature_malformed', (value) =>
      value.replace('"content-type"', '"Content-Type"')),
  }),
  request('a component parameter that is not supported', ED25519, post(),
    signedInputOnly('signature_malformed', (value) =>
      value.replace('"content-type"', '"content-type";sf'))),
  request('a derived component that is not supported', ED25519, get(), {
    error: 'signature_malformed',
    components: ['@method', '@target-uri', '@query-params'],
  }),
  request('the signature covers itself', ED25519, get(), {
    error: 'signature_malformed',
    components: ['@method', '@target-uri', 'signature'],
  }),
  request('the list is not closed', ED25519, get(),
    signedInputOnly('signature_malformed', (value) => value.replace(')', ''))),
  request('the signature is not base64', ED25519, get(), {
    error: 'signature_malformed',
    change: setHeader('Signature', () => 'bursar=:not base64!:'),
  }),
  request('two signatures', ED25519, get(), {
    error: 'signature_ambiguous',
    change: (sent) =>
      setHeader('Signature', (value) => `${value}, ${value.replace('bursar', 'other')}`)(
        setHeader('Signature-Input', (value) => `${value}, ${value.replace('bursar', 'other')}`)(sent),
      ),
  }),
  request('the Signature header was sent twice', ED25519, get(), {
    error: 'signature_ambiguous',
    change: (sent) => addHeader('Signature', sent.headers.at(-1)[1])(sent),
  }),
]

const refused = [
  request('created 301 seconds ago', ED25519, get(), {
    error: 'signature_expired',
    created: NOW - 301,
  }),
  request('created 61 seconds ahead', ED25519, get(), {
    error: 'signature_in_future',
    created: NOW + 61,
  }),
  request('expires has passed', ED25519, get(), {
    error: 'signature_expired',
    more: `;expires=${NOW - 1}`,
  }),
  request('no nonce', ED25519, get(), { error: 'nonce_missing', nonce: null }),
  request('a nonce of 15 characters', ED25519, get(), {
    error: 'nonce_invalid',
    nonce: 'a'.repeat(15),
  }),
  request('a nonce of 65 characters', ED25519, get(), {
    error: 'nonce_invalid',
    nonce: 'a'.repeat(65),
  }),
  request('a nonce with a space', ED25519, get(), {
    error: 'nonce_invalid',
    nonce: 'sixteen chars and more',
  }),
  request('a key that does not exist', { ...ED25519, key_id: 'key_00000000000000000000000000' },
    get(), { error: 'key_unknown' }),
  request('a key id with another prefix', { ...ED25519, key_id: ED25519.key_id.replace('key_', 'app_') },
    get(), { error: 'key_unknown' }),
  request('a body without Content-Digest', ED25519, post(BODY, {
    headers: [['Content-Type', 'application/json'], ['Idempotency-Key', 'order-2026-0001']],
  }), { error: 'content_digest_missing', components: without('content-digest') }),
  request('only a digest that is not accepted', ED25519, post(BODY, {
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Digest', `md5=:${createHash('md5').update(BODY).digest('base64')}:`],
      ['Idempotency-Key', 'order-2026-0001'],
    ],
  }), { error: 'content_digest_malformed' }),
  request('a digest of the wrong length', ED25519, post(BODY, {
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Digest', 'sha-256=:AAAA:'],
      ['Idempotency-Key', 'order-2026-0001'],
    ],
  }), { error: 'content_digest_malformed' }),
  request('ecdsa-p256-sha256: a DER signature', P256, post(), {
    error: 'signature_invalid',
    isDer: true,
    why: DER,
  }),
  request('rsa-v1_5-sha256: signed with PSS', RSA, post(), {
    error: 'signature_invalid',
    signAs: 'rsa-pss-sha512',
    why: 'The key is registered for another padding than the one it signed with.',
  }),
  request('rsa-pss-sha512: signed with PKCS #1 v1.5', PSS, post(), {
    error: 'signature_invalid',
    signAs: 'rsa-v1_5-sha256',
    why: 'The key is registered for another padding than the one it signed with.',
  }),
  request('rsa-v1_5-sha256: one byte too short', RSA, post(), {
    error: 'signature_invalid',
    signature: Buffer.alloc(255, 7),
    why: 'An RSA signature is as long as its modulus.',
  }),
  request('sm2-sm3: a DER signature', SM2, post(), {
    error: 'signature_invalid',
    isDer: true,
    why: DER,
  }),
  request('sm2-sm3: another user ID', SM2, post(), {
    error: 'signature_invalid',
    userId: 'ALICE123@YAHOO.COM',
    why: 'The user ID is 1234567812345678.',
  }),
  request('sm2-sm3: no user ID', SM2, post(), {
    error: 'signature_invalid',
    userId: '',
    why: 'The user ID is 1234567812345678; without one the digest Z is another.',
  }),
  request('sm2-sm3: the plain SM3 digest was signed', SM2, post(), {
    error: 'signature_invalid',
    isPlainHash: true,
    why: 'SM2 signs SM3(Z || message), where Z binds the user ID and the public key.',
  }),
  ...[P256, SM2].map((key) =>
    request(`${key.algorithm}: r and s are zero`, key, post(), {
      error: 'signature_invalid',
      signature: Buffer.alloc(64),
      why: 'r and s lie between 1 and n - 1; a verifier that does not check accepts anything.',
    }),
  ),
  request('ed25519: S is not reduced', ED25519, post(), {
    error: 'signature_invalid',
    change: setHeader('Signature', withUnreducedS),
    why: 'RFC 8032 section 5.1.7: S must be below the group order.',
  }),
  request('ed25519: signed by another key', ED25519, post(), {
    error: 'signature_invalid',
    signBy: PLATFORM,
    why: 'The private key is not the one whose public half is registered.',
  }),
]

/** What a signer did wrong: the request arrives as it was sent, but another string was signed. */
const mistakes = [
  request('signed: a newline after the last line', ED25519, post(), {
    error: 'signature_invalid',
    spoil: (base) => `${base}\n`,
    why: 'The signature base ends without a newline.',
  }),
  request('signed: CR LF between the lines', ED25519, post(), {
    error: 'signature_invalid',
    spoil: (base) => base.replaceAll('\n', '\r\n'),
    why: 'The lines of a signature base are separated by LF alone.',
  }),
  request('signed: the method in lower case', ED25519, post(), {
    error: 'signature_invalid',
    spoil: (base) => base.replace('"@method": POST', '"@method": post'),
    why: 'The method is signed as it is sent, and methods are upper case.',
  }),
  request('signed: the path without the origin', ED25519, post(), {
    error: 'signature_invalid',
    spoil: (base) => base.replace(ORIGIN, ''),
    why: '@target-uri is the full URL.',
  }),
  request('signed: the URL without the query', ED25519, get(), {
    error: 'signature_invalid',
    spoil: (base) => base.replace('?limit=2', ''),
    why: '@target-uri holds the query too.',
  }),
  request('signed: no quotes around component names', ED25519, post(), {
    error: 'signature_invalid',
    spoil: (base) => base.replace(/^"([^"]+)":/gm, '$1:'),
    why: 'Component names stand in double quotes.',
  }),
  request('signed: lines in another order than the list', ED25519, post(), {
    error: 'signature_invalid',
    spoil: (base) => {
      const lines = base.split('\n')
      return [lines[1], lines[0], ...lines.slice(2)].join('\n')
    },
    why: 'The lines stand in the order of the list in Signature-Input.',
  }),
]

/** A signed answer of the platform; `;req` lines come from the request that it answers. */
function response(name, answered, status, body, options = {}) {
  const digest = digestOf(body)
  const list = '"@status" "content-digest" "@method";req "@target-uri";req'
  const { created = NOW, nonce, tag = 'bursar-response' } = options
  const echo = nonce === undefined ? '' : `;nonce="${nonce}"`
  const params = `;created=${created};keyid="${PLATFORM.key_id}";alg="ed25519"${echo};tag="${tag}"`
  const base = [
    `"@status": ${status}`,
    `"content-digest": ${digest}`,
    `"@method";req: ${answered.method}`,
    `"@target-uri";req: ${ORIGIN}${answered.target}`,
    `"@signature-params": (${list})${params}`,
  ].join('\n')
  const signature = makeSignature(name, PLATFORM, base, {})
  const sent = {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Digest', digest],
      ['Signature-Input', `bursar=(${list})${params}`],
      ['Signature', `bursar=:${signature.toString('base64')}:`],
    ],
    body,
  }
  return {
    name,
    valid: options.error === undefined,
    error: options.error ?? null,
    why: options.why ?? WHY[options.error] ?? null,
    key_id: PLATFORM.key_id,
    algorithm: PLATFORM.algorithm,
    deterministic: true,
    request: { method: answered.method, target_uri: ORIGIN + answered.target },
    response: options.change ? options.change(sent) : sent,
    signature_input: `(${list})${params}`,
    signed_base: base,
    signature: signature.toString('base64'),
  }
}

const ANSWER = '{"id":"pay_00000000000000000000000000","object":"payment","status":"pending"}'
const responses = [
  response('response: 201', post(), 201, ANSWER),
  response('response: an error is signed too', post(), 422, '{"code":"amount_invalid"}'),
  response('response: the nonce of Accept-Signature comes back', get(), 200, ANSWER, {
    nonce: 'asked-for-by-the-caller',
  }),
  response('response: an empty body has a digest too', get(), 200, ''),
  response('response: signed 301 seconds ago', get(), 200, ANSWER, {
    created: NOW - 301,
    error: 'signature_expired',
  }),
  response('response: another tag', get(), 200, ANSWER, {
    tag: 'bursar-request',
    error: 'signature_malformed',
    why: 'The tag says what is signed: a request must never pass for an answer.',
  }),
  response('response: the status was changed', post(), 422, ANSWER, {
    error: 'signature_invalid',
    change: (sent) => ({ ...sent, status: 201 }),
  }),
  response('response: the body was changed', post(), 201, ANSWER, {
    error: 'content_digest_mismatch',
    change: (sent) => ({ ...sent, body: sent.body.replace('pending', 'succeeded') }),
  }),
  response('response: the answer to another request', get(), 200, ANSWER, {
    error: 'signature_invalid',
    change: (sent) => sent,
  }),
]
// The last one arrives as the answer to a question that was not asked.
responses.at(-1).request.target_uri = `${ORIGIN}/v1/payments/pay_00000000000000000000000000`

const file = {
  description: 'Test vectors for signed requests and responses; see README.md beside this file.',
  warning,
  now: NOW,
  public_origin: ORIGIN,
  keys,
  requests: [
    ...perAlgorithm,
    ...valid,
    ...changedOnTheWay,
    ...notCovered,
    ...malformed,
    ...refused,
    ...mistakes,
  ],
  responses,
}

const names = [...file.requests, ...file.responses].map((vector) => vector.name)
if (new Set(names).size !== names.length) throw new Error('two vectors have the same name')

const text = `${JSON.stringify(file, null, 2)}\n`
if (process.argv.includes('--check')) {
  if (text !== previousText) throw new Error('signing.json is not what generate.mjs writes')
} else {
  writeFileSync(OUTPUT, text)
}
console.log(`${names.length} vectors`)
