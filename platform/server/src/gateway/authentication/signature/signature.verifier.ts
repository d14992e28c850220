import type { ExpectedDigest } from '../../../infra/crypto/content-digest.js'
import {
  type SignatureAlgorithm,
  verifyWithKey,
} from '../../../infra/crypto/http-signature.verify.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import type { KeyCache, VerificationKey } from './key-cache.js'
import type { ApiKeyForVerification } from './key-directory.port.js'
import type { ReadNonceCache } from './read-nonce.cache.js'
import { debugOfDigest, debugOfSignature, type SignatureDebug } from './signature.debug.js'
import { SignatureError } from './signature.errors.js'
import {
  buildBase,
  checkDigest,
  type ReadSignature,
  type RequestToVerify,
  readSignature,
} from './signature.reader.js'
import { checkAlgorithm, checkFreshness, checkKeyValidity, unknownKey } from './signature.rules.js'

export interface VerifiedSignature {
  readonly key_id: string
  readonly nonce: string
  /** When it was signed, by the signer's clock. */
  readonly created: Date
  readonly algorithm: SignatureAlgorithm
  readonly key: ApiKeyForVerification
  /** The evidence: these bytes, this signature, and the key's public half prove who asked for what. */
  readonly signature_base: Buffer
  readonly signature: Buffer
  /** What the body must hash to; already checked unless the body is streamed. */
  readonly content_digests: readonly ExpectedDigest[]
}

/**
 * Checks the signature of a request, cheapest rule first: what can be refused from the headers alone
 * costs no query, and what a stranger sends costs no public-key arithmetic. The nonce is used up last,
 * so nobody but the key's owner can use it up.
 */
export class SignatureVerifier {
  constructor(
    private readonly keys: KeyCache,
    private readonly readNonces: ReadNonceCache,
    private readonly clock: Clock,
  ) {}

  async verify(request: RequestToVerify): Promise<VerifiedSignature> {
    const now = this.clock.now()
    const read = readSignature(request)
    checkFreshness(read.input.parameters, now.getTime() / 1000)
    const key = await this.findKey(read.keyId)
    checkKeyValidity(key.row, now)
    checkAlgorithm(read.input.parameters.alg, key.algorithm)
    const digests = this.checkDigest(key, read, request)
    const base = buildBase(read, request)
    await this.checkSignature(key, base, read, request)
    this.useNonce(request.method, read)
    return {
      key_id: read.keyId,
      nonce: read.nonce,
      created: new Date(read.createdSeconds * 1000),
      algorithm: key.algorithm,
      key: key.row,
      signature_base: base,
      signature: read.signature,
      content_digests: digests,
    }
  }

  private async findKey(keyId: string): Promise<VerificationKey> {
    const key = isId(keyId, 'key') ? await this.keys.find(keyId) : null
    if (!key) throw unknownKey()
    return key
  }

  private checkDigest(key: VerificationKey, read: ReadSignature, request: RequestToVerify) {
    try {
      return checkDigest(read.headers, request)
    } catch (error) {
      const isMismatch = error instanceof SignatureError && error.code === 'content_digest_mismatch'
      if (!isMismatch || key.row.livemode) throw error
      throw withDebug(error, debugOfDigest(read, request))
    }
  }

  private async checkSignature(
    key: VerificationKey,
    base: Buffer,
    read: ReadSignature,
    request: RequestToVerify,
  ): Promise<void> {
    if (await verifyWithKey(key.algorithm, key.publicKey, base, read.signature)) return
    const refusal = new SignatureError(
      'signature_invalid',
      'The signature does not verify with this key.',
    )
    if (key.row.livemode) throw refusal
    const otherKeys = () => this.keys.othersOf(key)
    throw withDebug(refusal, await debugOfSignature({ key, base, read, request, otherKeys }))
  }

  /** Writes are protected by the database, in the statement that stores the idempotency key. */
  private useNonce(method: string, read: ReadSignature): void {
    if (method !== 'GET' && method !== 'HEAD') return
    if (this.readNonces.use(read.keyId, read.nonce)) return
    throw replayedNonce()
  }
}

/** The explanation, in words and in its parts. */
function withDebug(error: SignatureError, debug: SignatureDebug): SignatureError {
  const options = { extensions: { signature_debug: debug } }
  return new SignatureError(error.code, `${error.message} ${debug.likely_cause}`, options)
}

/** Also thrown by whoever stores the nonces of writes. */
export function replayedNonce(): SignatureError {
  return new SignatureError(
    'nonce_replayed',
    'This nonce was used before. Sign every attempt with a new nonce; a retry keeps only its Idempotency-Key.',
  )
}
