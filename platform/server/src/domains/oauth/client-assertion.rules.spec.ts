import { describe, expect, test } from '@jest/globals'
import { assertionProblem } from './client-assertion.rules.js'

const ISSUER = 'https://pay.example.edu'
const NOW = 1_795_000_000
const ASSERTION = 'e30.e30.AAAA'
const header = { alg: 'ES256', kid: 'key_1' }
const claims = { iss: 'app_1', sub: 'app_1', aud: ISSUER, jti: 'one', iat: NOW, exp: NOW + 60 }

const problemOf = (
  changes: {
    assertion?: unknown
    header?: Record<string, unknown>
    claims?: Record<string, unknown>
  } = {},
) =>
  assertionProblem(
    {
      assertion: changes.assertion ?? ASSERTION,
      header: { ...header, ...changes.header },
      claims: { ...claims, ...changes.claims },
    },
    ISSUER,
    NOW,
  )

describe('a client assertion', () => {
  test('that is right has no problem, with and without kid and typ', () => {
    expect(problemOf()).toBeNull()
    expect(problemOf({ header: { kid: undefined, typ: 'JWT' } })).toBeNull()
    expect(problemOf({ header: { typ: 'client-authentication+jwt' } })).toBeNull()
  })

  test.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('may be signed with %s', (alg) => {
    expect(problemOf({ header: { alg } })).toBeNull()
  })

  test.each(['none', 'HS256', 'RS256', 'ES384', 'es256', '', undefined, 7])(
    'may not be signed with %s',
    (alg) => {
      expect(problemOf({ header: { alg } })).toBe('algorithm not allowed')
    },
  )

  test('may live for 300 s and not a second more', () => {
    expect(problemOf({ claims: { exp: NOW + 300 } })).toBeNull()
    expect(problemOf({ claims: { exp: NOW + 301 } })).toBe('exp is too far ahead')
    for (const exp of [Number.POSITIVE_INFINITY, Number.NaN, '1', null, undefined]) {
      expect(problemOf({ claims: { exp } })).toBe('exp is not a time')
    }
  })

  test.each([[[ISSUER]], [`${ISSUER}/`], [`${ISSUER}/oauth2/token`], [undefined], [null], [{}]])(
    'may not be for %p',
    (aud) => {
      expect(problemOf({ claims: { aud } })).toBe('aud is not the issuer as one string')
    },
  )

  test.each(['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256'])('may not bring %s', (name) => {
    expect(problemOf({ header: { [name]: 'x' } })).toBe(`the header ${name} is not allowed`)
  })

  test.each([
    'e30.e30',
    'e30.e30.AA==',
    'e30.e30.A B',
    'e30.e30.AB',
    '.e30.e30',
    'e30=.e30.AAAA',
    7,
  ])('may not be spelled %p', (assertion) => {
    expect(problemOf({ assertion })).toBe('not a compact JWS')
  })

  test('names itself twice, and one use', () => {
    expect(problemOf({ claims: { sub: 'app_2' } })).toBe('iss and sub differ')
    expect(problemOf({ claims: { jti: 7 } })).toBe('jti is unusable')
    expect(problemOf({ claims: { jti: 'x'.repeat(256) } })).toBe('jti is unusable')
    expect(problemOf({ claims: { iat: NOW + 100 } })).toBe('iat or nbf lies ahead')
    expect(problemOf({ claims: { nbf: NOW + 100 } })).toBe('iat or nbf lies ahead')
  })
})
