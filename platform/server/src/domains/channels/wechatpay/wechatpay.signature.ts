import { createDecipheriv, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { HEADER, SIGNATURE_SCHEME } from './wechatpay.wire.js'

/** APIv3 refuses, and asks merchants to refuse, whatever is further away from now than this. */
export const CLOCK_SKEW_MS_MAX = 5 * 60 * 1000

/** Deliberately wrong signatures, sent to see whether a merchant verifies at all. */
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/'
const GCM_TAG_BYTES = 16

// The callback form leaves the event loop free: a signature of RSA 2048 takes about a millisecond.
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign)

export interface RequestToSign {
  readonly method: string
  /** Path and query exactly as sent. */
  readonly target: string
  /** The exact bytes of the body; empty for GET. */
  readonly body: string
  readonly timestampSeconds: number
  readonly nonce: string
}

export interface RequestSigner {
  readonly merchant_id: string
  readonly merchant_serial_no: string
  readonly privateKey: KeyObject
}

/** The value of the `Authorization` header: five lines, each ended by a line feed, also the last. */
export async function authorize(request: RequestToSign, signer: RequestSigner): Promise<string> {
  const { method, target, body, timestampSeconds, nonce } = request
  const text = `${method}\n${target}\n${timestampSeconds}\n${nonce}\n${body}\n`
  const signature = await signAsync('sha256', Buffer.from(text), signer.privateKey)
  const fields = [
    `mchid="${signer.merchant_id}"`,
    `nonce_str="${nonce}"`,
    `timestamp="${timestampSeconds}"`,
    `serial_no="${signer.merchant_serial_no}"`,
    `signature="${signature.toString('base64')}"`,
  ]
  return `${SIGNATURE_SCHEME} ${fields.join(',')}`
}

/** Each line ended by a line feed, also the last; as the bridge of the app wants its parameters. */
export function signLines(lines: readonly string[], privateKey: KeyObject): string {
  const text = lines.map((line) => `${line}\n`).join('')
  return sign('sha256', Buffer.from(text), privateKey).toString('base64')
}

/** The one fault that tells of the account's settings: WeChat signed with a key they don't name. */
export const OTHER_KEY_FAULT = 'it is signed with another key'

export interface PlatformKey {
  readonly platform_key_id: string
  readonly platformKey: KeyObject
}

export type HeaderMap = Readonly<Record<string, string | undefined>>

/**
 * Verifies a response or a notification over its exact bytes. Answers null when it is WeChat's and
 * fresh, otherwise why not. `headers` has lower-case names.
 */
export function findSignatureFault(
  headers: HeaderMap,
  body: Buffer,
  key: PlatformKey,
  now: Date,
): string | null {
  const timestamp = headers[HEADER.timestamp]
  const nonce = headers[HEADER.nonce]
  const signatureText = headers[HEADER.signature]
  if (!timestamp || !nonce || !signatureText) return 'it is not signed'
  if (signatureText.startsWith(PROBE_PREFIX)) return 'its signature is a probe'
  const scheme = headers[HEADER.signatureType]
  if (scheme !== undefined && scheme !== SIGNATURE_SCHEME) return 'its signature type is unknown'
  if (headers[HEADER.serial] !== key.platform_key_id) return OTHER_KEY_FAULT
  if (!/^\d{1,12}$/.test(timestamp)) return 'its timestamp is not a number of seconds'
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > CLOCK_SKEW_MS_MAX) {
    return 'it was signed more than five minutes away from now'
  }
  const signature = decodeBase64(signatureText)
  if (!signature) return 'its signature is not base64'
  const signed = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')])
  return verify('sha256', signed, key.platformKey, signature) ? null : 'its signature is wrong'
}

export interface SealedResource {
  readonly ciphertext: string
  readonly nonce: string
  readonly associated_data?: string | undefined
}

/** AEAD_AES_256_GCM (RFC 5116), the tag being the last 16 bytes. Null when it doesn't open. */
export function openResource(resource: SealedResource, apiKey: Buffer): Buffer | null {
  const sealed = decodeBase64(resource.ciphertext)
  if (!sealed || sealed.length < GCM_TAG_BYTES || resource.nonce === '') return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', apiKey, Buffer.from(resource.nonce), {
      authTagLength: GCM_TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(resource.associated_data ?? ''))
    decipher.setAuthTag(sealed.subarray(-GCM_TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(0, -GCM_TAG_BYTES)), decipher.final()])
  } catch {
    return null
  }
}

/** Node skips what isn't base64, so two texts could mean one signature; only the canonical one may. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
