import { setImmediate } from 'node:timers/promises'
import { matchesContentDigest, parseContentDigest } from '../../../infra/crypto/content-digest.js'
import { verifyWithKey } from '../../../infra/crypto/http-signature.verify.js'
import { baseHypotheses, type SignedMessage } from './debug/base.hypotheses.js'
import { bodyMistakes } from './debug/body.hypotheses.js'
import { type FirstDifference, findDifference } from './debug/first-difference.js'
import type { Hypothesis, SignatureCause } from './debug/hypothesis.js'
import { schemeMistakes, signatureForms } from './debug/signature.hypotheses.js'
import type { VerificationKey } from './key-cache.js'
import { buildBase, type ReadSignature, type RequestToVerify } from './signature.reader.js'

/** Where a developer sends, in base64, the signature base that they signed. */
export const DEBUG_BASE_HEADER = 'bursar-debug-base'

export interface SignatureDebug {
  /** The signature base that this server built. */
  readonly signature_base: string
  /** Against what the caller says, or is found, to have signed; null when that is not known. */
  readonly first_difference: FirstDifference | null
  readonly cause: SignatureCause
  readonly likely_cause: string
}

export interface FailedSignature {
  readonly key: VerificationKey
  readonly base: Buffer
  readonly read: ReadSignature
  readonly request: RequestToVerify
  /** The app's other keys, asked for only when nothing simpler explains it. */
  readonly otherKeys: () => Promise<readonly VerificationKey[]>
}

interface Case extends Pick<FailedSignature, 'key' | 'base' | 'otherKeys'> {
  readonly signature: Buffer
  readonly message: SignedMessage
  /** What the caller says that they signed. */
  readonly received: Buffer | null
}

/** Strings that are tried: a test key is nobody's secret, so a stranger may ask for all of them. */
const TRIES_MAX = 150
/** A verification of SM2 takes ten times as long, and on the main thread. */
const TRIES_MAX_SM2 = 60

interface Finding {
  readonly cause: SignatureCause
  readonly detail: string
  /** What was signed, when that is known. */
  readonly signed: Buffer | null
}

/**
 * Explains a refused signature to the developer who made it, by trying the mistakes that signers
 * make until one explains it. Test mode only: it says nothing that the caller did not send.
 */
export async function debugOfSignature(failed: FailedSignature): Promise<SignatureDebug> {
  const { key, base, read, request, otherKeys } = failed
  const { headers, input, signature } = read
  const { method, targetUri, rawBody: body } = request
  const received = receivedBase(read)
  const message = { method, targetUri: targetUri ?? '', headers, input, body }
  const each: Case = { key, base, signature, message, received, otherKeys }
  const finding =
    (received && (await explainReceived(each, received))) ??
    (await explainByTrying(each)) ??
    (await explainWithOtherKeys(each)) ??
    unexplained(each)
  const signed = received ?? finding.signed
  return {
    signature_base: base.toString('latin1'),
    first_difference: signed ? findDifference(base, signed) : null,
    cause: finding.cause,
    likely_cause: finding.detail,
  }
}

/** Explains a digest that is not the body's: which other bytes it is of. */
export function debugOfDigest(read: ReadSignature, request: RequestToVerify): SignatureDebug {
  const base = buildBase(read, request)
  const received = receivedBase(read)
  const digests = parseContentDigest(read.headers.single('content-digest') ?? '')
  const mistake = bodyMistakes(request.rawBody ?? Buffer.alloc(0)).find(({ bytes }) =>
    matchesContentDigest(digests, bytes),
  )
  return {
    signature_base: base.toString('latin1'),
    first_difference: received ? findDifference(base, received) : null,
    cause: mistake?.cause ?? 'digest_of_other_bytes',
    likely_cause:
      mistake?.detail ??
      'The digest is of other bytes than those that arrived: the body was changed or serialised again after it was hashed.',
  }
}

/** As the caller sent it, in base64; null when they sent none. */
export function receivedBase({ headers }: ReadSignature): Buffer | null {
  const base64 = headers.first(DEBUG_BASE_HEADER)
  return base64 === null ? null : Buffer.from(base64, 'base64')
}

/** The caller's own string, if the signature is over it, only has to be compared. */
async function explainReceived(failed: Case, received: Buffer): Promise<Finding | null> {
  const { base, message } = failed
  const how = await signedHow(failed, received)
  if (!how) return null
  if (received.equals(base)) return { ...how, signed: received }
  for (const hypothesis of baseHypotheses(base.toString('latin1'), message)) {
    if (hypothesis.bytes.equals(received)) return merged(how, hypothesis)
  }
  const difference = findDifference(base, received)
  const detail = difference ? describe(difference) : ''
  return merged(how, { cause: 'base_changed', detail, bytes: received })
}

async function explainByTrying(failed: Case): Promise<Finding | null> {
  const { key, base, signature, message, received } = failed
  const how = await signedHow(failed, base)
  if (how) return { ...how, signed: base }
  const [form] = signatureForms(key.algorithm, signature)
  // A form that can be told by its looks is certain, whatever else is wrong.
  const certain = form && form.cause !== 'signature_halves' ? form : null
  const tried = certain?.signature ?? signature
  let tries = key.algorithm === 'sm2-sm3' ? TRIES_MAX_SM2 : TRIES_MAX
  for (const hypothesis of baseHypotheses(base.toString('latin1'), message)) {
    if (hypothesis.bytes.equals(base)) continue
    tries -= 1
    if (tries < 0) break
    // SM2 is verified on the main thread: other requests may go first.
    if (key.algorithm === 'sm2-sm3') await setImmediate()
    if (!(await verifyWithKey(key.algorithm, key.publicKey, hypothesis.bytes, tried))) continue
    const finding = merged(certain, hypothesis)
    if (!received) return finding
    const detail = `${finding.detail} What you sent in ${DEBUG_BASE_HEADER} is not what you signed.`
    return { ...finding, detail }
  }
  return certain && { cause: certain.cause, detail: certain.detail, signed: null }
}

/** How the key signed these bytes, other than as it is registered for; null when it did not. */
async function signedHow({ key, signature }: Case, bytes: Buffer): Promise<Finding | null> {
  const { algorithm, publicKey } = key
  if (await verifyWithKey(algorithm, publicKey, bytes, signature)) {
    return { cause: 'base_changed', detail: '', signed: bytes }
  }
  const forms = signatureForms(algorithm, signature)
  for (const form of forms) {
    if (await verifyWithKey(algorithm, publicKey, bytes, form.signature)) {
      return { cause: form.cause, detail: form.detail, signed: bytes }
    }
  }
  for (const scheme of schemeMistakes(algorithm, publicKey)) {
    for (const each of [signature, ...forms.map((form) => form.signature)]) {
      if (!(await scheme.accepts(bytes, each))) continue
      return { cause: scheme.cause, detail: scheme.detail, signed: bytes }
    }
  }
  return null
}

async function explainWithOtherKeys(failed: Case): Promise<Finding | null> {
  const { key, base, signature, received } = failed
  for (const other of await failed.otherKeys()) {
    const forms = signatureForms(other.algorithm, signature).map((form) => form.signature)
    for (const signed of received ? [base, received] : [base]) {
      for (const each of [signature, ...forms]) {
        if (!(await verifyWithKey(other.algorithm, other.publicKey, signed, each))) continue
        const detail = `You signed with the app's key ${other.row.id}, but keyid names ${key.row.id}.`
        return { cause: 'other_key_of_app', detail, signed }
      }
    }
  }
  return null
}

function unexplained({ base, received }: Case): Finding {
  if (!received) {
    const detail = `Another string or another private key was signed. Send the string you signed in ${DEBUG_BASE_HEADER} (base64) to see the first byte that differs.`
    return { cause: 'unknown', detail, signed: null }
  }
  const difference = findDifference(base, received)
  if (!difference) {
    const detail =
      'Both sides built the same string, so another private key signed it than the one whose public half is registered.'
    return { cause: 'wrong_key', detail, signed: received }
  }
  const detail = `${describe(difference)} The signature is not this key's over the string that you sent in ${DEBUG_BASE_HEADER} either: another private key signed, or another string.`
  return { cause: 'debug_base_not_signed', detail, signed: received }
}

/** A mistake in the base, and perhaps one in the signature beside it. */
function merged(
  how: Pick<Finding, 'cause' | 'detail'> | null,
  { cause, detail, bytes }: Hypothesis,
): Finding {
  const isPlain = how === null || how.detail === ''
  return { cause, detail: isPlain ? detail : `${detail} ${how.detail}`, signed: bytes }
}

function describe({ component, received }: FirstDifference): string {
  if (received.includes('\r')) {
    return 'Your lines end with CR LF. The signature base separates lines with LF alone.'
  }
  switch (component) {
    case '@target-uri':
      return 'Sign the full URL as it is sent: public origin, path and query, with the same percent-encoding and parameter order.'
    case '@method':
      return 'Sign the method in upper case, as it is sent.'
    case '@signature-params':
      return 'The parameters differ. Write the value of Signature-Input after the label exactly once and use it in both places.'
    default:
      return `The value of ${component} that arrived is not the one you signed: something changed it on the way, or it was set after signing.`
  }
}
