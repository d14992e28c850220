import { describe, expect, test } from '@jest/globals'
import {
  addressProblems,
  mergedSettings,
  outcomeOf,
  pointerTo,
  statusOf,
} from './channel-account.rules.js'

const NOW = new Date('2026-12-01T00:00:00.000Z')
const test_rules = { livemode: false, simulatorOrigin: 'http://localhost:3100' }
const live_rules = { ...test_rules, livemode: true }

describe('what a check makes of an account', () => {
  test.each([
    [{ kind: 'works' }, 'active', null],
    [
      { kind: 'refused', code: 'SIGN_ERROR', message: 'bad key' },
      'unusable',
      'SIGN_ERROR: bad key',
    ],
    [{ kind: 'unknown', reason: 'no answer' }, 'unverified', 'no answer'],
  ] as const)('%j', (check, status, message) => {
    const outcome = outcomeOf(check, NOW)
    expect(outcome).toEqual({ check_result: check.kind, check_message: message, checked_at: NOW })
    expect(statusOf(outcome.check_result)).toBe(status)
  })

  test('nothing, when nobody tried', () => {
    expect(statusOf(null)).toBe('unverified')
  })
})

describe('mergedSettings', () => {
  test('keeps what is left out, changes what is given and takes away what is null', () => {
    expect(mergedSettings({ a: 1, b: 2, c: 3 }, { b: 9, c: null, d: 4 })).toEqual({
      ...{ a: 1, b: 9, d: 4 },
    })
  })
})

describe('addresses', () => {
  const problems = (base_url: string, rules = test_rules) => addressProblems({ base_url }, rules)

  test.each(['https://api.example.com', 'https://203.0.113.9/gateway', 'https://[2001:db8::1]/'])(
    'a provider’s address is fine: %s',
    (url) => {
      expect(problems(url)).toEqual([])
      expect(problems(url, live_rules)).toEqual([])
    },
  )

  test('the simulators are for test accounts alone', () => {
    expect(problems('http://localhost:3100/wechatpay')).toEqual([])
    expect(problems('http://localhost:3100/wechatpay', live_rules)).toHaveLength(1)
  })

  test.each([
    'http://api.example.com',
    'http://localhost:3000/v1',
    'https://localhost/',
    'https://x.localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.1.2.3/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00::1]/',
  ])('this machine and its network are none: %s', (url) => {
    expect(problems(url)).toEqual([
      expect.objectContaining({ pointer: '/settings/base_url', code: 'field_value_invalid' }),
    ])
    expect(problems(url, live_rules)).toHaveLength(1)
  })

  test('texts that are no addresses are left alone', () => {
    expect(addressProblems({ app_id: 'wx1', key: 'http' }, live_rules)).toEqual([])
  })
})

test('pointers escape what JSON Pointer reserves', () => {
  expect(pointerTo('a/b', 'c~d', 0)).toBe('/settings/a~1b/c~0d/0')
})
