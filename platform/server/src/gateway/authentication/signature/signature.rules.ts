import type {
  SignatureInput,
  SignatureParameters,
} from '../../../infra/crypto/http-signature.fields.js'
import type { HeaderFields } from '../../../infra/crypto/http-signature.headers.js'
import type { SignatureAlgorithm } from '../../../infra/crypto/http-signature.verify.js'
import type { ApiKeyForVerification } from './key-directory.port.js'
import { SignatureError } from './signature.errors.js'

export const SIGNATURE_LABEL = 'bursar'
export const SIGNATURE_TAG = 'bursar-request'
export const AGE_SECONDS_MAX = 300
export const AHEAD_SECONDS_MAX = 60

/** Covered whenever the request carries them, so that nobody on the way can add or swap one. */
const COVERED_WHEN_PRESENT = ['content-digest', 'idempotency-key', 'authorization', 'dpop'] as const

/** The parameters of a signature that passed `checkProfile`. */
export interface ProfileParameters {
  readonly keyId: string
  readonly nonce: string
  readonly createdSeconds: number
}

/** The rules that need neither the clock nor the key: label, tag, and parameters that must be there. */
export function checkProfile(input: SignatureInput, signatureLabel: string): ProfileParameters {
  if (input.label !== SIGNATURE_LABEL || signatureLabel !== SIGNATURE_LABEL) {
    throw malformed(`Label the signature ${SIGNATURE_LABEL} in Signature-Input and in Signature.`)
  }
  const { tag, keyid, created, nonce } = input.parameters
  if (tag !== SIGNATURE_TAG) throw malformed(`Add the parameter tag="${SIGNATURE_TAG}".`)
  if (keyid === null) throw malformed('Add the parameter keyid with the id of your key.')
  if (created === null) throw malformed('Add the parameter created with the time of signing.')
  return { keyId: keyid, nonce: checkNonce(nonce), createdSeconds: created }
}

function checkNonce(nonce: string | null): string {
  if (nonce === null) {
    throw new SignatureError(
      'nonce_missing',
      'Add the parameter nonce: 16 to 64 random characters, new for every request.',
    )
  }
  if (!/^[\x21-\x7e]{16,64}$/.test(nonce)) {
    throw new SignatureError(
      'nonce_invalid',
      'The nonce must be 16 to 64 printable ASCII characters without spaces, such as 16 random bytes in base64url.',
    )
  }
  return nonce
}

/** Every component that this request must cover; the error names the first one that is not. */
export function checkComponents(
  input: SignatureInput,
  headers: HeaderFields,
  hasBody: boolean,
): void {
  const covered = new Set(input.components.map((component) => component.name))
  requireCovered(covered, '@method')
  requireCovered(covered, '@target-uri')
  if (hasBody) {
    if (!headers.has('content-digest')) {
      throw new SignatureError(
        'content_digest_missing',
        'A request with a body needs a Content-Digest header with its sha-256 or sha-512.',
      )
    }
    requireCovered(covered, 'content-type')
  }
  for (const name of COVERED_WHEN_PRESENT) {
    if (headers.has(name)) requireCovered(covered, name)
  }
}

function requireCovered(covered: ReadonlySet<string>, name: string): void {
  if (covered.has(name)) return
  throw new SignatureError(
    'signature_component_missing',
    `The signature must cover "${name}". Add it to the list in Signature-Input and sign again.`,
  )
}

export function checkFreshness(parameters: SignatureParameters, nowSeconds: number): void {
  const ageSeconds = nowSeconds - (parameters.created ?? 0)
  const isPastExpiry = parameters.expires !== null && parameters.expires < nowSeconds
  if (ageSeconds > AGE_SECONDS_MAX || isPastExpiry) {
    throw new SignatureError(
      'signature_expired',
      `The signature is ${Math.floor(ageSeconds)} s old${isPastExpiry ? ' and its expires has passed' : ''}; at most ${AGE_SECONDS_MAX} s are allowed. Sign every attempt anew and check the clock of the machine that signs.`,
    )
  }
  if (ageSeconds < -AHEAD_SECONDS_MAX) {
    throw new SignatureError(
      'signature_in_future',
      `The parameter created is ${Math.ceil(-ageSeconds)} s ahead of our clock; at most ${AHEAD_SECONDS_MAX} s are allowed. Check the clock of the machine that signs.`,
    )
  }
}

/** Whether the key may be used now. `not_before` is inclusive, `not_after` exclusive. */
export function checkKeyValidity(key: ApiKeyForVerification, now: Date): void {
  // No comparison: the database's clock set this time, and ours may be behind it.
  if (key.revoked_at !== null) {
    throw new SignatureError('key_revoked', `The key ${key.id} was revoked. Sign with another key.`)
  }
  if (key.is_suspended) {
    throw new SignatureError(
      'key_suspended',
      'The live access of this app was taken back, so none of its live keys works. Ask its department.',
    )
  }
  if (key.not_after !== null && key.not_after <= now) {
    throw new SignatureError('key_expired', `The key ${key.id} has expired. Sign with another key.`)
  }
  if (key.not_before > now) {
    throw new SignatureError(
      'key_not_yet_valid',
      `The key ${key.id} is valid from ${key.not_before.toISOString()}.`,
    )
  }
}

/** RFC 9421 section 3.2 step 6: the key decides, and an `alg` that says otherwise is refused. */
export function checkAlgorithm(alg: string | null, algorithm: SignatureAlgorithm): void {
  if (alg === null || alg === algorithm) return
  throw new SignatureError(
    'signature_algorithm_mismatch',
    `The key is registered for ${algorithm}, but the signature says alg="${alg}". Leave alg out or correct it.`,
  )
}

/** One answer for every id that names no key, whatever is wrong with it. */
export function unknownKey(): SignatureError {
  return new SignatureError(
    'key_unknown',
    'No key has this keyid. Copy the key id, which begins with key_, from the console.',
  )
}

function malformed(message: string): SignatureError {
  return new SignatureError('signature_malformed', message)
}
