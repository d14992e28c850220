import { describe, expect, test } from '@jest/globals'
import { HttpError } from '../../../infra/http/http.errors.js'
import { challengesOf, scopeChallenge } from './token.challenge.js'
import { TokenError } from './token.errors.js'

const ORIGIN = 'https://pay.example.edu'
const WHERE = `resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/v1"`
const ALGS = 'algs="ES256 PS256 EdDSA Ed25519"'

describe('the challenges of a 401', () => {
  test('name no error to who came without a token (RFC 6750 section 3.1)', () => {
    const none = new HttpError('scope_missing', 'x')
    expect(challengesOf(none, undefined, ORIGIN)).toEqual([
      `Bearer ${WHERE}`,
      `DPoP ${ALGS}, ${WHERE}`,
    ])
  })

  test('tell the error in the scheme that was used', () => {
    const error = new TokenError('token_expired', 'Expired.')
    const said = 'error="invalid_token", error_description="Expired."'
    expect(challengesOf(error, 'Bearer x', ORIGIN)).toEqual([
      `Bearer ${said}, ${WHERE}`,
      `DPoP ${ALGS}, ${WHERE}`,
    ])
    expect(challengesOf(error, 'dpop x', ORIGIN)).toEqual([
      `Bearer ${WHERE}`,
      `DPoP ${said}, ${ALGS}, ${WHERE}`,
    ])
  })

  test('let no character out of its quotes', () => {
    const error = new TokenError('token_invalid', 'a "b" \\ c\r\nd 中')
    const [bearer] = challengesOf(error, 'Bearer x', ORIGIN)
    expect(bearer).toContain(`error_description="a 'b'  cd "`)
  })

  test('of a 403 name the scopes that were missing', () => {
    expect(scopeChallenge('DPoP x', ['bills:read', 'payers:read'])).toBe(
      'DPoP error="insufficient_scope", scope="bills:read payers:read"',
    )
  })
})
