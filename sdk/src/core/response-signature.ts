import { fromBase64, utf8 } from '../internal/bytes.js'
import type { PlatformKeys } from './platform-keys.js'
import { contentDigest } from './signing.js'

/** The text of an answer, before anybody believes it. */
export interface Answer {
  status: number
  headers: Headers
  body: string
}

const COMPONENTS = '("@status" "content-digest" "@method";req "@target-uri";req)'
const TAG = ';tag="bursar-response"'
const AGE_SECONDS_MAX = 300
const AHEAD_SECONDS_MAX = 60

/** RFC 9421 Section 5.1: asks the platform to sign its answer. */
export const ACCEPT_SIGNATURE = `bursar=${COMPONENTS}${TAG}`

/**
 * Whether the platform signed this answer to this request. The request's method and target are part
 * of what is signed, so the answer to another call does not pass, and an old one is stale.
 */
export async function isSignedByPlatform(
  request: { method: string; targetUri: string },
  answer: Answer,
  keys: Pick<PlatformKeys, 'find'>,
  nowSeconds: number = Date.now() / 1000,
): Promise<boolean> {
  const input = answer.headers.get('signature-input') ?? ''
  const encoded = /^bursar=:([^:]*):$/.exec(answer.headers.get('signature') ?? '')?.[1]
  const signature = fromBase64(encoded ?? '')
  if (!input.startsWith(`bursar=${COMPONENTS};`) || !input.includes(TAG)) return false
  if (signature === undefined || !isFresh(input, nowSeconds)) return false
  const digest = answer.headers.get('content-digest')
  if (digest !== (await contentDigest(utf8(answer.body)))) return false
  const base = [
    `"@status": ${answer.status}`,
    `"content-digest": ${digest}`,
    `"@method";req: ${request.method}`,
    `"@target-uri";req: ${request.targetUri}`,
    `"@signature-params": ${input.slice('bursar='.length)}`,
  ].join('\n')
  const keyId = /;keyid="([^"]*)"/.exec(input)?.[1] ?? ''
  for (const key of await keys.find(keyId)) {
    if (await crypto.subtle.verify('Ed25519', key, signature, utf8(base))) return true
  }
  return false
}

function isFresh(input: string, nowSeconds: number): boolean {
  const created = Number(/;created=(\d+)/.exec(input)?.[1] ?? 'NaN')
  const ageSeconds = nowSeconds - created
  return ageSeconds <= AGE_SECONDS_MAX && ageSeconds >= -AHEAD_SECONDS_MAX
}
