import { createHash, createPublicKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { createVerifier, httpbis } from 'http-message-signatures'
import { get } from './platform.js'
import type { RawAnswer } from './raw-request.js'

/** What the SDK asks on writes. */
export const ACCEPT_SIGNATURE =
  'bursar=("@status" "content-digest" "@method";req "@target-uri";req);tag="bursar-response"'

interface Jwk {
  readonly kid: string
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly purpose: string
}

/** The platform's published keys for answers. */
export async function responseKeys(): Promise<readonly Jwk[]> {
  const { keys }: { keys: readonly Jwk[] } = JSON.parse(
    await (await get('/.well-known/jwks.json')).text(),
  )
  return keys.filter(({ purpose }) => purpose === 'response')
}

/** Whether the platform signed this answer to this request, as a library judges it that we did not write. */
export async function isSigned(
  answer: Pick<RawAnswer, 'status' | 'headers' | 'text'>,
  request: { readonly method: string; readonly url: string },
): Promise<boolean> {
  const headers = Object.fromEntries(answer.headers)
  if (headers.signature === undefined) return false
  const digest = createHash('sha256').update(answer.text).digest('base64')
  if (headers['content-digest'] !== `sha-256=:${digest}:`) return false
  const keys = await responseKeys()
  const verified = await httpbis.verifyMessage(
    {
      requiredFields: ['@status', 'content-digest', '@method', '@target-uri'],
      requiredParams: ['created', 'keyid', 'tag'],
      tolerance: 60,
      async keyLookup({ keyid }) {
        const jwk = keys.find(({ kid }) => kid === keyid)
        if (!jwk) return null
        const { kty, crv, x } = jwk
        const key = createPublicKey({ format: 'jwk', key: { kty, crv, x } })
        return { id: jwk.kid, algs: ['ed25519'], verify: createVerifier(key, 'ed25519') }
      },
    },
    { status: answer.status, headers },
    { ...request, headers: {} },
  )
  return verified === true
}

export async function expectSigned(...args: Parameters<typeof isSigned>): Promise<void> {
  expect(await isSigned(...args)).toBe(true)
}
