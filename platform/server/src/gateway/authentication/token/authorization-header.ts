import { TokenError } from './token.errors.js'

export interface TokenCredential {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly token: string
}

/** A header that decides who is calling is sent once: of two, a proxy may have read the other one. */
export function singleHeader(rawHeaders: readonly string[], name: string): string | null {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
  if (values.length > 1) {
    throw new TokenError('authorization_malformed', `The header ${name} was sent more than once.`)
  }
  return values[0] ?? null
}

/** RFC 6750 section 2.1 and RFC 9449 section 7.1. The scheme's case does not matter (RFC 9110 section 11.1). */
export function readAuthorization(rawHeaders: readonly string[]): TokenCredential {
  const value = singleHeader(rawHeaders, 'authorization') ?? ''
  const [, scheme = '', token = ''] = /^([A-Za-z][\w-]*) +([A-Za-z0-9._~+/=-]+)$/.exec(value) ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { scheme: 'Bearer', token }
    case 'dpop':
      return { scheme: 'DPoP', token }
    case '':
      throw new TokenError(
        'authorization_malformed',
        'Write the header Authorization as: Bearer, a space and the access token (or DPoP, for a bound token).',
      )
    default:
      throw new TokenError(
        'authorization_scheme_unknown',
        'This API knows the authorization schemes Bearer and DPoP, and signed requests.',
      )
  }
}

/** RFC 9700 section 4.3.2: addresses end in logs and histories, so a token in one is as good as published. */
export function assertNoTokenInQuery(url: string): void {
  const start = url.indexOf('?')
  if (start === -1 || !new URLSearchParams(url.slice(start)).has('access_token')) return
  throw new TokenError(
    'token_in_query',
    'Send the access token in the header Authorization. This one was in the address: revoke it.',
  )
}
