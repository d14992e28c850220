import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Breaker } from '../health/channel-breaker.state.js'
import {
  decideRoute,
  matchesRule,
  type RoutableAccount,
  type RouteDecision,
  type RoutingRequest,
  type RoutingRule,
  type RoutingTable,
  shareOf,
} from './channel-routing.rules.js'

const NOW = new Date('2026-12-01T00:00:00.000Z')
const request: RoutingRequest = {
  channel: 'wechatpay',
  method: 'native',
  department_id: 'dept_a',
  app_id: 'app_a',
  fee_item_ids: ['item_1'],
  amount: 500n,
}
const account = (id: string, changes: Partial<RoutableAccount> = {}): RoutableAccount => ({
  ...{ id, channel: 'wechatpay', department_id: null, app_id: null, status: 'active' },
  ...changes,
})
const rule = (account_id: string, changes: Partial<RoutingRule> = {}): RoutingRule => ({
  ...{ id: `chr_${account_id}`, account_id, position: 100, weight: 1 },
  ...{ department_id: null, fee_item_id: null, amount_min: null, amount_max: null, methods: [] },
  ...changes,
})
const open: Breaker = { state: 'open', since: NOW, trips: 1, retry_at: new Date(NOW.getTime() + 1) }
const due: Breaker = { ...open, retry_at: NOW }
const decide = (
  table: Partial<RoutingTable>,
  share = 0,
  changes: Partial<RoutingRequest> = {},
): RouteDecision =>
  decideRoute(
    { ...request, ...changes },
    { accounts: [], rules: [], breakers: new Map(), ...table },
    share,
    NOW,
  )
const idsOf = (decision: RouteDecision) =>
  decision.kind === 'choices' ? decision.choices.map(({ account_id }) => account_id) : decision.code

describe('without rules', () => {
  const accounts = [
    account('cha_1'),
    account('cha_2', { department_id: 'dept_a' }),
    account('cha_3', { department_id: 'dept_b' }),
    account('cha_4', { channel: 'another' }),
    account('cha_5'),
  ]

  test('the department’s own account comes before the institution’s, the newest first', () => {
    expect(idsOf(decide({ accounts }))).toEqual(['cha_2', 'cha_5', 'cha_1'])
  })

  test('another department’s account is never taken', () => {
    const foreign = accounts.filter(({ department_id }) => department_id === 'dept_b')
    expect(idsOf(decide({ accounts: foreign }))).toBe('channel_account_missing')
  })

  test('a disabled account is as good as none', () => {
    const disabled = [account('cha_1', { status: 'disabled' })]
    expect(idsOf(decide({ accounts: disabled }))).toBe('channel_account_missing')
  })

  test('an account that the provider refused says so', () => {
    const unusable = [account('cha_1', { status: 'unusable' })]
    expect(idsOf(decide({ accounts: unusable }))).toBe('channel_account_unusable')
    expect(idsOf(decide({ accounts: [...unusable, account('cha_0')] }))).toEqual(['cha_0'])
  })

  test('an account that nobody has tried is used', () => {
    expect(idsOf(decide({ accounts: [account('cha_1', { status: 'unverified' })] }))).toEqual([
      'cha_1',
    ])
  })
})

describe('rules', () => {
  const accounts = [account('cha_1'), account('cha_2'), account('cha_3')]

  test('come first, in the order of their positions', () => {
    const rules = [rule('cha_2', { position: 2 }), rule('cha_1', { position: 1 })]
    expect(idsOf(decide({ accounts, rules }))).toEqual(['cha_1', 'cha_2', 'cha_3'])
  })

  test.each([
    ['department', { department_id: 'dept_b' }],
    ['fee item', { fee_item_id: 'item_2' }],
    ['least amount', { amount_min: 501n }],
    ['greatest amount', { amount_max: 499n }],
    ['method', { methods: ['h5'] }],
  ])('of another %s are passed over', (_, condition) => {
    expect(matchesRule(rule('cha_1', condition), request)).toBe(false)
    expect(idsOf(decide({ accounts, rules: [rule('cha_1', condition)] }))).toEqual([
      'cha_3',
      'cha_2',
      'cha_1',
    ])
  })

  test.each([
    ['department', { department_id: 'dept_a' }],
    ['fee item', { fee_item_id: 'item_1' }],
    ['bounds that include the amount', { amount_min: 500n, amount_max: 500n }],
    ['method', { methods: ['h5', 'native'] }],
  ])('of this %s match', (_, condition) => {
    expect(idsOf(decide({ accounts, rules: [rule('cha_1', condition)] }))).toEqual([
      'cha_1',
      'cha_3',
      'cha_2',
    ])
  })

  test('about a fee item leave payments alone that also pay for another one, or for none', () => {
    const about = rule('cha_1', { fee_item_id: 'item_1' })
    expect(matchesRule(about, { ...request, fee_item_ids: ['item_1', 'item_2'] })).toBe(false)
    expect(matchesRule(about, { ...request, fee_item_ids: [] })).toBe(false)
  })

  test('cannot give one department’s account the money of another', () => {
    const own = [account('cha_1', { department_id: 'dept_b' }), account('cha_2')]
    expect(idsOf(decide({ accounts: own, rules: [rule('cha_1')] }))).toEqual(['cha_2'])
  })

  test('of one position share by weight', () => {
    const rules = [rule('cha_1', { weight: 3 }), rule('cha_2', { weight: 1 })]
    const first = (share: number) => idsOf(decide({ accounts, rules }, share))[0]
    expect([0, 0.5, 0.74].map(first)).toEqual(['cha_1', 'cha_1', 'cha_1'])
    expect([0.75, 0.99].map(first)).toEqual(['cha_2', 'cha_2'])
  })

  test('whose account speaks another channel have no part in the weights', () => {
    const mixed = [...accounts, account('cha_9', { channel: 'another' })]
    const rules = [rule('cha_1'), rule('cha_9', { weight: 1_000 })]
    expect(idsOf(decide({ accounts: mixed, rules }, 0.99))[0]).toBe('cha_1')
  })
})

describe('health', () => {
  const accounts = [account('cha_1'), account('cha_2')]

  test('leaves out an account that does not answer when another fits', () => {
    const breakers = new Map([['cha_2', open]])
    expect(idsOf(decide({ accounts, breakers }))).toEqual(['cha_1'])
  })

  test('has no answer when none answers', () => {
    const breakers = new Map([
      ['cha_1', open],
      ['cha_2', open],
    ])
    expect(idsOf(decide({ accounts, breakers }))).toBe('channel_unavailable')
  })

  test('lets an order try when the wait is over', () => {
    const decision = decide({ accounts, breakers: new Map([['cha_2', due]]) })
    expect(decision).toEqual({
      kind: 'choices',
      choices: [
        { account_id: 'cha_2', admission: 'try' },
        { account_id: 'cha_1', admission: 'take' },
      ],
    })
  })
})

describe('an app with accounts of its own', () => {
  const accounts = [
    account('cha_1'),
    account('cha_2', { app_id: 'app_a' }),
    account('cha_3', { app_id: 'app_b' }),
  ]

  test('uses them alone, whatever a rule says', () => {
    expect(idsOf(decide({ accounts }))).toEqual(['cha_2'])
    expect(idsOf(decide({ accounts, rules: [rule('cha_1'), rule('cha_3')] }))).toEqual(['cha_2'])
  })

  test('uses everybody’s once they are disabled, and never another app’s', () => {
    const retired = [account('cha_1'), account('cha_2', { app_id: 'app_a', status: 'disabled' })]
    expect(idsOf(decide({ accounts: retired }))).toEqual(['cha_1'])
    const others = accounts.filter(({ id }) => id !== 'cha_2')
    expect(idsOf(decide({ accounts: others }))).toEqual(['cha_1'])
  })
})

const pick = (values: readonly string[]) => fc.constantFrom(...values)
const IDS = ['cha_1', 'cha_2', 'cha_3', 'cha_4']
const DEPARTMENTS = ['dept_a', 'dept_b']
const anyTable = fc.record({
  accounts: fc.uniqueArray(
    fc.record({
      id: pick(IDS),
      channel: pick(['wechatpay', 'another']),
      department_id: fc.option(pick(DEPARTMENTS)),
      app_id: fc.constant(null),
      status: pick(['active', 'unverified', 'unusable', 'disabled']),
    }),
    { selector: ({ id }) => id },
  ),
  rules: fc.array(
    fc.record({
      id: fc.uuid(),
      account_id: pick(IDS),
      position: fc.nat(3),
      weight: fc.integer({ min: 1, max: 5 }),
      department_id: fc.option(pick(DEPARTMENTS)),
      fee_item_id: fc.option(pick(['item_1', 'item_2'])),
      amount_min: fc.option(fc.bigInt(1n, 1_000n)),
      amount_max: fc.option(fc.bigInt(1n, 1_000n)),
      methods: fc.subarray(['native', 'h5']),
    }),
  ),
  breakers: fc
    .dictionary(pick(IDS), fc.constantFrom(open, due))
    .map((entries) => new Map(Object.entries(entries))),
})
const anyShare = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('whatever accounts, rules and health there are', () => {
  test('only accounts of the channel, of the department or of all, in use and not open, are chosen', () => {
    fc.assert(
      fc.property(anyTable, anyShare, (table, share) => {
        const decision = decide(table, share)
        if (decision.kind === 'refused') return
        const ids = decision.choices.map(({ account_id }) => account_id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const { account_id, admission } of decision.choices) {
          const chosen = table.accounts.find(({ id }) => id === account_id)
          expect(chosen?.channel).toBe(request.channel)
          expect(['active', 'unverified']).toContain(chosen?.status)
          expect([null, request.department_id]).toContain(chosen?.department_id)
          expect(table.breakers.get(account_id)).not.toBe(open)
          expect(admission).toBe(table.breakers.has(account_id) ? 'try' : 'take')
        }
      }),
    )
  })

  test('a payment is refused only when no account could take it', () => {
    fc.assert(
      fc.property(anyTable, anyShare, (table, share) => {
        const able = table.accounts.filter(
          ({ id, channel, status, department_id }) =>
            channel === request.channel &&
            ['active', 'unverified'].includes(status) &&
            (department_id === null || department_id === request.department_id) &&
            table.breakers.get(id) !== open,
        )
        const decision = decide(table, share)
        expect(decision.kind).toBe(able.length > 0 ? 'choices' : 'refused')
        if (decision.kind === 'choices') expect(decision.choices).toHaveLength(able.length)
      }),
    )
  })

  test('the same payment finds the same account', () => {
    fc.assert(
      fc.property(anyTable, fc.uuid(), (table, id) => {
        expect(decide(table, shareOf(id))).toEqual(decide(table, shareOf(id)))
      }),
    )
  })
})

describe('shareOf', () => {
  test('spreads ids evenly', () => {
    const shares = Array.from({ length: 10_000 }, (_, index) =>
      shareOf(`pay_01jd0000000000000000${String(index).padStart(6, '0')}`),
    )
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = shares.filter((share) => Math.floor(share * 10) === tenth).length
      expect(inside).toBeGreaterThan(800)
      expect(inside).toBeLessThan(1_200)
    }
  })
})
