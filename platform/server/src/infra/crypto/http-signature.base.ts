import { HttpSignatureError } from './http-signature.errors.js'
import type { CoveredComponent, SignatureInput } from './http-signature.fields.js'
import type { HeaderFields } from './http-signature.headers.js'

export interface SignedRequestParts {
  /** Exactly as received: methods are case-sensitive. */
  readonly method: string
  /** Public origin + raw request target; see `targetUriOf`. */
  readonly targetUri: string
  readonly headers: HeaderFields
}

export interface SignedResponseParts {
  readonly status: number
  readonly headers: HeaderFields
}

const PRINTABLE = /^[\x21-\x7e]+$/

/** Covering a signature by itself proves nothing and cannot be computed. */
const NEVER_COVERED = new Set(['signature', 'signature-input'])

/**
 * The target URI of a request: the origin this platform is configured to have, then the path and
 * query byte for byte as they arrived, nothing decoded or normalised. Never Host, never
 * X-Forwarded-*. Null when the raw target is not in origin form or not printable ASCII.
 */
export function targetUriOf(publicOrigin: string, rawTarget: string): string | null {
  return rawTarget.startsWith('/') && PRINTABLE.test(rawTarget) ? publicOrigin + rawTarget : null
}

/**
 * The signature base of RFC 9421 section 2.5: one line per covered component, then the parameters.
 * With a `response` the components are the response's, except those marked `;req`.
 */
export function buildSignatureBase(
  input: Pick<SignatureInput, 'components' | 'serialized'>,
  request: SignedRequestParts,
  response?: SignedResponseParts,
): Buffer {
  let base = ''
  for (const component of input.components) {
    const suffix = component.isFromRequest ? ';req' : ''
    base += `"${component.name}"${suffix}: ${componentValue(component, request, response)}\n`
  }
  // Every part was checked to be ASCII, so one character is one byte.
  return Buffer.from(`${base}"@signature-params": ${input.serialized}`, 'latin1')
}

function componentValue(
  component: CoveredComponent,
  request: SignedRequestParts,
  response: SignedResponseParts | undefined,
): string {
  if (component.isFromRequest && !response) {
    throw new HttpSignatureError('malformed', 'The parameter ;req has no meaning in a request.')
  }
  const isOfResponse = response !== undefined && !component.isFromRequest
  if (component.name.startsWith('@')) {
    return isOfResponse
      ? derivedFromResponse(component.name, response)
      : derivedFromRequest(component.name, request)
  }
  return fieldOf(component.name, isOfResponse ? response.headers : request.headers)
}

function fieldOf(name: string, headers: HeaderFields): string {
  if (NEVER_COVERED.has(name)) {
    throw new HttpSignatureError('malformed', `A signature cannot cover the header ${name}.`)
  }
  const value = headers.single(name)
  if (value === null) {
    throw new HttpSignatureError(
      'component_absent',
      `The signature covers "${name}", but the message has no such header.`,
    )
  }
  return value
}

function derivedFromResponse(name: string, response: SignedResponseParts): string {
  if (name === '@status') return String(response.status)
  throw unsupported(name)
}

function derivedFromRequest(name: string, request: SignedRequestParts): string {
  if (!PRINTABLE.test(request.method) || !PRINTABLE.test(request.targetUri)) {
    throw new HttpSignatureError('malformed', 'The request line is not printable ASCII.')
  }
  if (name === '@method') return request.method
  if (name === '@target-uri') return request.targetUri
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z]+):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/.exec(request.targetUri) ?? []
  switch (name) {
    case '@scheme':
      return scheme
    case '@authority':
      return authority.toLowerCase()
    case '@path':
      return path === '' ? '/' : path
    case '@query':
      // RFC 9421 section 2.2.7: an absent query is a lone question mark.
      return query === '' ? '?' : query
    case '@request-target':
      return path + query
    default:
      throw unsupported(name)
  }
}

function unsupported(name: string): HttpSignatureError {
  return new HttpSignatureError('malformed', `The component "${name}" is not supported here.`)
}
