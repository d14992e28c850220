import type { HeaderFields } from '../../../infra/crypto/http-signature.headers.js'
import { verifyWithKey } from '../../../infra/crypto/http-signature.verify.js'
import type { VerificationKey } from './key-cache.js'

/** Where a developer sends, in base64, the signature base that they signed. */
export const DEBUG_BASE_HEADER = 'bursar-debug-base'

export interface SignatureDebug {
  /** The signature base that this server built. */
  readonly signature_base: string
  readonly first_difference: FirstDifference | null
  readonly likely_cause: string
}

interface FirstDifference {
  /** In bytes from the start of the signature base. */
  readonly offset: number
  readonly line: number
  readonly component: string
  readonly expected: string
  readonly received: string
}

/** Bytes of context shown on either side of the first difference. */
const CONTEXT_BYTES = 20

/**
 * Explains a refused signature to the developer who made it. Test mode only: it says nothing that
 * the caller did not send, but it verifies up to twice more than a live refusal does.
 */
export async function explainMismatch(
  key: VerificationKey,
  base: Buffer,
  signature: Buffer,
  headers: HeaderFields,
): Promise<SignatureDebug> {
  const sentBase64 = headers.first(DEBUG_BASE_HEADER)
  const sent = sentBase64 === null ? null : Buffer.from(sentBase64, 'base64')
  const difference = sent ? findDifference(base, sent) : null
  const likelyCause =
    (await causeInSigning(key, base, signature)) ??
    (difference
      ? causeInBase(difference)
      : sent
        ? 'Both sides built the same string, so another private key signed it than the one whose public half is registered.'
        : `Another string or another private key was signed. Send the string you signed in ${DEBUG_BASE_HEADER} (base64) to see the first byte that differs.`)
  return {
    signature_base: base.toString('latin1'),
    first_difference: difference,
    likely_cause: likelyCause,
  }
}

export function findDifference(expected: Buffer, received: Buffer): FirstDifference | null {
  const length = Math.max(expected.length, received.length)
  let offset = 0
  while (offset < length && expected[offset] === received[offset]) offset += 1
  if (offset === length) return null
  const before = expected.subarray(0, offset).toString('latin1').split('\n')
  const lineStart = offset - (before.at(-1)?.length ?? 0)
  const [component = ''] =
    /^"[^"]*"(?:;req)?/.exec(expected.subarray(lineStart).toString('latin1')) ?? []
  return {
    offset,
    line: before.length,
    component: component.replaceAll('"', ''),
    expected: around(expected, offset),
    received: around(received, offset),
  }
}

function around(text: Buffer, offset: number): string {
  return text
    .subarray(Math.max(0, offset - CONTEXT_BYTES), offset + CONTEXT_BYTES)
    .toString('latin1')
}

/** Mistakes that can be proved, because undoing them makes the signature valid or readable. */
async function causeInSigning(
  key: VerificationKey,
  base: Buffer,
  signature: Buffer,
): Promise<string | null> {
  const { algorithm, publicKey } = key
  if (algorithm === 'ecdsa-p256-sha256' && signature.length !== 64 && signature[0] === 0x30) {
    return 'The signature is DER. RFC 9421 wants r and s as 64 raw bytes (IEEE P1363).'
  }
  const withNewline = Buffer.concat([base, Buffer.from('\n')])
  if (await verifyWithKey(algorithm, publicKey, withNewline, signature)) {
    return 'You signed a newline after the last line. The signature base ends without one.'
  }
  if (algorithm === 'rsa-pss-sha512' || algorithm === 'rsa-v1_5-sha256') {
    const other = algorithm === 'rsa-pss-sha512' ? 'rsa-v1_5-sha256' : 'rsa-pss-sha512'
    if (await verifyWithKey(other, publicKey, base, signature)) {
      return `You signed with ${other}, but the key is registered for ${algorithm}.`
    }
  }
  return null
}

function causeInBase(difference: FirstDifference): string {
  if (difference.received.includes('\r')) {
    return 'Your lines end with CR LF. The signature base separates lines with LF alone.'
  }
  switch (difference.component) {
    case '@target-uri':
      return 'Sign the full URL as it is sent: public origin, path and query, with the same percent-encoding and parameter order.'
    case '@method':
      return 'Sign the method in upper case, as it is sent.'
    case '@signature-params':
      return 'The parameters differ. Write the value of Signature-Input after the label exactly once and use it in both places.'
    default:
      return `The value of ${difference.component} that arrived is not the one you signed: something changed it on the way, or it was set after signing.`
  }
}
