import { describe, expect, test } from '@jest/globals'
import {
  effectiveScopes,
  endOfOverlap,
  requirePeriod,
  requireWithin,
  statusOf,
} from './api-key.rules.js'

const now = new Date('2027-01-10T00:00:00Z')
const before = new Date(now.getTime() - 1)
const after = new Date(now.getTime() + 1)

describe('statusOf', () => {
  test.each([
    ['active', { not_before: now, not_after: null, revoked_at: null }],
    ['active', { not_before: before, not_after: after, revoked_at: null }],
    ['pending', { not_before: after, not_after: null, revoked_at: null }],
    ['expired', { not_before: before, not_after: now, revoked_at: null }],
    ['revoked', { not_before: before, not_after: after, revoked_at: after }],
    ['revoked', { not_before: before, not_after: before, revoked_at: before }],
  ])('is %s of %j', (status, key) => {
    expect(statusOf(key, now)).toBe(status)
  })
})

describe('effectiveScopes', () => {
  test('are those of the app when the key names none, and never more than the app has', () => {
    expect(effectiveScopes([], ['bills:read'])).toEqual(['bills:read'])
    expect(effectiveScopes(['bills:read', 'bills:write'], ['bills:read'])).toEqual(['bills:read'])
    expect(effectiveScopes(['bills:write'], ['bills:read'])).toEqual([])
  })
})

describe('requireWithin', () => {
  const own = { scopes: ['bills:read', 'keys:write'], allowed_ips: [] as string[] }
  const limited = { ...own, allowed_ips: ['10.0.0.0/8', '2001:db8::/32'] }
  const outcome = (wanted: Partial<typeof own>, powers = own) => {
    try {
      requireWithin({ ...own, ...wanted }, powers)
      return 'within'
    } catch (error) {
      return error
    }
  }

  test('lets pass what the giver has', () => {
    expect(outcome({})).toBe('within')
    expect(outcome({ scopes: ['bills:read'], allowed_ips: ['192.0.2.1'] })).toBe('within')
    expect(outcome({ allowed_ips: ['10.1.0.0/16', '2001:db8::1'] }, limited)).toBe('within')
    expect(outcome({ allowed_ips: limited.allowed_ips }, limited)).toBe('within')
  })

  test.each([
    ['a scope that the giver lacks', { scopes: ['bills:read', 'bills:write'] }, own, '/scopes'],
    ['no limit of addresses', { allowed_ips: [] }, limited, '/allowed_ips'],
    ['a wider range', { allowed_ips: ['10.0.0.0/7'] }, limited, '/allowed_ips'],
    ['one range too many', { allowed_ips: ['10.0.0.1', '11.0.0.1'] }, limited, '/allowed_ips'],
  ])('refuses %s', (_, wanted, powers, pointer) => {
    expect(outcome(wanted, powers)).toMatchObject({
      code: 'api_key_too_powerful',
      options: { errors: [{ pointer }] },
    })
  })
})

describe('requirePeriod', () => {
  test.each([
    [now, null],
    [now, after],
    [after, new Date(after.getTime() + 1)],
  ])('accepts %s to %s', (from, to) => {
    expect(() => requirePeriod(from, to, now)).not.toThrow()
  })

  test.each([
    [before, now],
    [before, before],
    [after, after],
  ])('refuses %s to %s', (from, to) => {
    expect(() => requirePeriod(from, to, now)).toThrow('not_after must be')
  })
})

describe('endOfOverlap', () => {
  test('is never later than the key would have ended by itself', () => {
    expect(endOfOverlap(null, now, 60)).toEqual(new Date(now.getTime() + 60_000))
    expect(endOfOverlap(after, now, 60)).toEqual(after)
    expect(endOfOverlap(null, now, 0)).toEqual(now)
  })
})
