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
import { SignatureError } from './signature.errors.js'
import { checkComponents, checkProfile, type ProfileParameters } from './signature.rules.js'

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

export interface ReadSignature extends ProfileParameters {
  readonly headers: HeaderFields
  readonly input: SignatureInput
  readonly signature: Buffer
}

/** Everything that the headers alone can tell. */
export function readSignature(request: RequestToVerify): ReadSignature {
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

export function checkDigest(
  headers: HeaderFields,
  request: RequestToVerify,
): readonly ExpectedDigest[] {
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

export function buildBase(read: ReadSignature, request: RequestToVerify): Buffer {
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
