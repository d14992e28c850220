import { describe, expect, test } from '@jest/globals'
import { excessScope, scopesOf } from './token-scopes.rules.js'

const APP = ['bills:read', 'bills:write', 'bills:read:own']

describe('what an app may ask for', () => {
  test('for itself are the scopes that are not a payer’s to give', () => {
    expect(scopesOf('app', APP)).toEqual(['bills:read', 'bills:write'])
  })

  test('on behalf of a payer are the others', () => {
    expect(scopesOf('payer', APP)).toEqual(['bills:read:own'])
  })

  test('is never more than the key holds, nor than the app still holds', () => {
    expect(scopesOf('app', APP, ['bills:read', 'refunds:write'])).toEqual(['bills:read'])
    expect(scopesOf('payer', APP, ['bills:read'])).toEqual([])
  })
})

describe('the first scope too many', () => {
  test('is named', () => {
    expect(excessScope('app', ['bills:read', 'x', 'y'], ['bills:read'])).toBe('x')
    expect(excessScope('app', ['bills:read'], ['bills:read'])).toBeNull()
    expect(excessScope('app', [], [])).toBeNull()
  })

  test('is openid when an app asks for itself, and not when a person signs in', () => {
    expect(excessScope('app', ['openid'], [])).toBe('openid')
    expect(excessScope('payer', ['openid'], [])).toBeNull()
  })
})
