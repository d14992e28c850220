import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { Credentials, RunningServer } from './platform.js'
import type { PreparedRequest } from './signed-requests.js'

export type AssertionAlgorithm = 'ES256' | 'EdDSA'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Token requests, each with an assertion of its own, signed before the clock starts. */
export function tokenRequests(
  credentials: Credentials,
  { origin, port }: RunningServer,
  algorithm: AssertionAlgorithm,
  count: number,
): PreparedRequest[] {
  const key = createPrivateKey(credentials.private_key)
  return Array.from({ length: count }, () => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'payments:read',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertionOf(credentials, origin, algorithm, key),
    }).toString()
    const bytes = Buffer.from(
      `POST /oauth2/token HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-length: ${form.length}\r\n` +
        `content-type: application/x-www-form-urlencoded\r\n\r\n${form}`,
    )
    return { bytes, expected: '"token_type":"Bearer"' }
  })
}

function assertionOf(
  { app_id, key_id }: Credentials,
  issuer: string,
  alg: AssertionAlgorithm,
  key: KeyObject,
): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: app_id, sub: app_id, aud: issuer, jti: randomUUID(), exp: now + 290 }
  const signed = `${part({ alg, kid: key_id })}.${part(claims)}`
  const signature =
    alg === 'ES256'
      ? sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
      : sign(null, Buffer.from(signed), key)
  return `${signed}.${signature.toString('base64url')}`
}

function part(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url')
}
