import { createPrivateKey, randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createSignature } from 'http-message-sig'
import { createSigner, httpbis, type SigningKey } from 'http-message-signatures'
import type { RequestToVerify } from '../../src/gateway/authentication/signature/signature.reader.js'
import { makeContentDigest } from '../../src/infra/crypto/content-digest.js'
import { signWithKey } from '../../src/infra/crypto/http-signature.sign.fixture.js'
import {
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from '../../src/infra/crypto/http-signature.verify.js'
import { keyOf, makeVerifier, outcomeOf, type VectorKey, vectors } from './signing-support.js'

interface Unsigned {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

const BODY = '{"out_trade_no":"T1","amount":12800,"description":"学费"}'
const WRITE: Unsigned = {
  method: 'POST',
  url: 'https://pay.example.edu/v1/payments?x=%E5%AD%A6&y=',
  headers: {
    'content-type': 'application/json',
    'content-digest': makeContentDigest(Buffer.from(BODY)),
    'idempotency-key': 'order-1',
  },
  body: BODY,
}
const READ: Unsigned = {
  method: 'GET',
  url: 'https://pay.example.edu/v1/payments/pay_01jd0000000000000000000000',
  headers: { authorization: 'DPoP token', dpop: 'proof' },
  body: null,
}

type Sign = (request: Unsigned, key: VectorKey) => Promise<Record<string, string>>
const created = vectors.now
const newNonce = () => randomBytes(16).toString('base64url')

/** https://www.npmjs.com/package/http-message-signatures */
const withHttpMessageSignatures: Sign = async (request, key) => {
  const { headers } = await httpbis.signMessage(
    {
      key: signerOf(key),
      name: 'bursar',
      fields: ['@method', '@target-uri', ...Object.keys(request.headers)],
      params: ['created', 'nonce', 'keyid', 'alg', 'tag'],
      paramValues: {
        created: new Date(created * 1000),
        nonce: newNonce(),
        tag: 'bursar-request',
      },
    },
    { method: request.method, url: request.url, headers: { ...request.headers } },
  )
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** The library's own signer, where it knows the algorithm. */
function signerOf({ algorithm, key_id: id, test_private_key }: VectorKey): SigningKey {
  const key = createPrivateKey(test_private_key)
  if (algorithm !== 'sm2-sm3') return createSigner(key, algorithm, id)
  return { id, alg: algorithm, sign: async (base) => signWithKey(algorithm, key, base) }
}

/** https://www.npmjs.com/package/http-message-sig */
const withHttpMessageSig: Sign = async (request, key) => {
  const privateKey = createPrivateKey(key.test_private_key)
  const fields = Object.entries(request.headers).map(([name, value]) => ({ name, value }))
  const { signature, signatureInput } = await createSignature(
    { kind: 'request', method: request.method, targetUri: request.url, fields },
    {
      label: 'bursar',
      components: ['@method', '@target-uri', ...Object.keys(request.headers)],
      parameters: { keyid: key.key_id, created, nonce: newNonce(), tag: 'bursar-request' },
      signer: {
        algorithm: key.algorithm,
        sign: (base) => signWithKey(key.algorithm, privateKey, Buffer.from(base)),
      },
    },
  )
  return { ...request.headers, signature, 'signature-input': signatureInput }
}

const LIBRARIES: Record<string, Sign> = {
  'http-message-signatures': withHttpMessageSignatures,
  'http-message-sig': withHttpMessageSig,
}

describe.each(Object.entries(LIBRARIES))('%s signs', (_, sign) => {
  const rows = SIGNATURE_ALGORITHMS.flatMap((algorithm): [SignatureAlgorithm, Unsigned][] => [
    [algorithm, WRITE],
    [algorithm, READ],
  ])
  test.each(rows)('with %s a request that is accepted: $method', async (algorithm, unsigned) => {
    const { method, url: targetUri, body } = unsigned
    const headers = await sign(unsigned, keyOf(algorithm))
    const request: RequestToVerify = {
      method,
      targetUri,
      rawHeaders: Object.entries(headers).flat(),
      rawBody: body === null ? null : Buffer.from(body),
    }
    expect(await outcomeOf(makeVerifier().verifier, request)).toBe('accepted')
    const elsewhere = { ...request, targetUri: `${targetUri}1` }
    expect(await outcomeOf(makeVerifier().verifier, elsewhere)).toBe('signature_invalid')
  })
})
