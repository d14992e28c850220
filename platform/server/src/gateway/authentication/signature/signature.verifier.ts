import {
  type ExpectedDigest,
  matchesContentDigest,
  parseContentDigest,
} from '../../../infra/crypto/content-digest.js'
import { buildSignatureBase } from '../../../infra/crypto/http-signature.base.js'
import { HttpSignatureError } from '../../../infra/crypto/http-signature.errors.js'
import {
  parseSignature,
  parseSignatureInput,
  type SignatureInput,
} from '../../../infra/crypto/http-signature.fields.js'
import { HeaderFields } from '../../../infra/crypto/http-signature.headers.js'
import {
  type SignatureAlgorithm,
  verifyWithKey,
} from '../../../infra/crypto/http-signature.verify.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import type { KeyCache, VerificationKey } from './key-cache.js'
import type { ApiKeyForVerification } from './key-directory.port.js'
import type { ReadNonceCache } from './read-nonce.cache.js'
import { explainMismatch } from './signature.debug.js'
import { SignatureError } from './signature.errors.js'
import {
  checkAlgorithm,
  checkComponents,
  checkFreshness,
  checkKeyValidity,
  checkProfile,
  type ProfileParameters,
  unknownKey,
} from './signature.rules.js'

export interface RequestToVerify {
  readonly method: string
  /** From `targetUriOf`: the configured origin and the raw request target. Null is refused. */
  readonly targetUri: string | null
  /** Node's flat `rawHeaders`: the only form in which a repeated header is still visible. */
  readonly rawHeaders: readonly string[]
  /** Null when there is no body, or when it is streamed. */
  readonly rawBody: Buffer | null
  /** A body too large to hold: the caller of `verify` checks `content_digests` while it streams. */
  readonly isBodyStreamed?: boolean
}

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

interface ReadSignature extends ProfileParameters {
  readonly headers: HeaderFields
  readonly input: SignatureInput
  readonly signature: Buffer
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
    const digests = checkDigest(read.headers, request)
    const base = buildBase(read, request)
    await checkSignature(key, base, read)
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

  /** Writes are protected by the database, in the statement that stores the idempotency key. */
  private useNonce(method: string, read: ReadSignature): void {
    if (method !== 'GET' && method !== 'HEAD') return
    if (this.readNonces.use(read.keyId, read.nonce)) return
    throw replayedNonce()
  }
}

/** Also thrown by whoever stores the nonces of writes. */
export function replayedNonce(): SignatureError {
  return new SignatureError(
    'nonce_replayed',
    'This nonce was used before. Sign every attempt with a new nonce; a retry keeps only its Idempotency-Key.',
  )
}

/** Everything that the headers alone can tell. */
function readSignature(request: RequestToVerify): ReadSignature {
  const headers = new HeaderFields(request.rawHeaders)
  return translating('signature_malformed', () => {
    const inputField = headers.single('signature-input')
    const signatureField = headers.single('signature')
    if (inputField === null && signatureField === null) {
      throw new SignatureError('signature_missing', 'Sign the request (RFC 9421).')
    }
    if (inputField === null || signatureField === null) {
      const absent = inputField === null ? 'Signature-Input' : 'Signature'
      throw new SignatureError('signature_malformed', `The header ${absent} is missing.`)
    }
    const input = parseSignatureInput(inputField)
    const { label, signature } = parseSignature(signatureField)
    const parameters = checkProfile(input, label)
    const hasBody = request.isBodyStreamed === true || (request.rawBody?.length ?? 0) > 0
    checkComponents(input, headers, hasBody)
    return { headers, input, signature, ...parameters }
  })
}

function checkDigest(headers: HeaderFields, request: RequestToVerify): readonly ExpectedDigest[] {
  return translating('content_digest_malformed', () => {
    const field = headers.single('content-digest')
    if (field === null) return []
    const digests = parseContentDigest(field)
    if (request.isBodyStreamed) return digests
    if (matchesContentDigest(digests, request.rawBody ?? Buffer.alloc(0))) return digests
    throw mismatchedDigest()
  })
}

/** Also thrown by whoever reads a streamed body to its end. */
export function mismatchedDigest(): SignatureError {
  return new SignatureError(
    'content_digest_mismatch',
    'Content-Digest is not the digest of the body that arrived. Compute it over the exact bytes you send.',
  )
}

function buildBase(read: ReadSignature, request: RequestToVerify): Buffer {
  const { method, targetUri } = request
  if (targetUri === null) {
    throw new SignatureError(
      'signature_malformed',
      'The request target must begin with a slash and be printable ASCII, percent-encoded.',
    )
  }
  return translating('signature_malformed', () =>
    buildSignatureBase(read.input, { method, targetUri, headers: read.headers }),
  )
}

async function checkSignature(
  key: VerificationKey,
  base: Buffer,
  read: ReadSignature,
): Promise<void> {
  if (await verifyWithKey(key.algorithm, key.publicKey, base, read.signature)) return
  const message = 'The signature does not verify with this key.'
  if (key.row.livemode) throw new SignatureError('signature_invalid', message)
  const debug = await explainMismatch(key, base, read.signature, read.headers)
  throw new SignatureError('signature_invalid', `${message} ${debug.likely_cause}`, {
    extensions: { signature_debug: debug },
  })
}

/** Gives what the HTTP signature code refuses its code on our wire. */
function translating<T>(
  malformedCode: 'signature_malformed' | 'content_digest_malformed',
  read: () => T,
): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof HttpSignatureError)) throw error
    const codes = {
      malformed: malformedCode,
      ambiguous: 'signature_ambiguous',
      component_absent: 'signature_component_missing',
    } as const
    throw new SignatureError(codes[error.problem], error.message, { cause: error })
  }
}
