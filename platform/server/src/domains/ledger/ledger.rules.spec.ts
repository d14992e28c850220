import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newId } from '../../kernel/id.js'
import { channelClearing, departmentPayable, suspense } from './ledger.accounts.js'
import { assertPosting, isSameBooking, mergeEntries } from './ledger.rules.js'
import type { LedgerPosting, LedgerPostingEntry } from './ledger.types.js'

const accounts = [
  channelClearing(newId('cha')),
  departmentPayable(newId('dept')),
  departmentPayable(newId('dept')),
  suspense(),
]

const entry = fc.record({
  account: fc.constantFrom(...accounts),
  direction: fc.constantFrom('debit' as const, 'credit' as const),
  amount: fc.bigInt({ min: 1n, max: 1_000_000n }),
})

/** Any entries, and one more that makes them balance. */
const balancedEntries = fc.array(entry, { minLength: 2, maxLength: 12 }).map(balance)

describe('ledger rules', () => {
  test('accept every balanced posting', () => {
    fc.assert(
      fc.property(balancedEntries, (entries) => {
        expect(() => assertPosting(postingOf(entries))).not.toThrow()
      }),
    )
  })

  test('refuse every posting that is off by any amount', () => {
    fc.assert(
      fc.property(balancedEntries, fc.bigInt({ min: 1n, max: 10n }), (entries, error) => {
        const [first, ...rest] = entries
        if (!first) return
        const broken = [{ ...first, amount: first.amount + error }, ...rest]
        expect(() => assertPosting(postingOf(broken))).toThrow('does not balance')
      }),
    )
  })

  test('refuse fewer than two entries and amounts that are not positive', () => {
    const account = suspense()
    const both = (amount: bigint) => [
      { account, direction: 'debit' as const, amount },
      { account, direction: 'credit' as const, amount },
    ]
    expect(() => assertPosting(postingOf([]))).toThrow('at least two entries')
    expect(() => assertPosting(postingOf(both(1n).slice(1)))).toThrow('at least two entries')
    expect(() => assertPosting(postingOf(both(0n)))).toThrow('must be positive')
    expect(() => assertPosting(postingOf(both(-5n)))).toThrow('must be positive')
    expect(() => assertPosting(postingOf(both(2n ** 53n)))).toThrow('above 2^53-1')
  })

  test('refuse what is no currency', () => {
    const entries = [
      { account: suspense(), direction: 'debit' as const, amount: 1n },
      { account: suspense(), direction: 'credit' as const, amount: 1n },
    ]
    expect(() => assertPosting({ ...postingOf(entries), currency: 'yuan' })).toThrow('ISO 4217')
  })

  test('merging keeps every account and direction once, and the sums', () => {
    fc.assert(
      fc.property(balancedEntries, (entries) => {
        const merged = mergeEntries(entries)
        const keys = merged.map(({ account, direction }) => `${account.code} ${direction}`)
        expect(new Set(keys).size).toBe(keys.length)
        expect(signedSum(merged)).toBe(0n)
        for (const account of accounts) {
          expect(signedSum(merged, account.code)).toBe(signedSum(entries, account.code))
        }
        expect(mergeEntries(merged)).toEqual(merged)
      }),
    )
  })

  test('a booking is the same in any order, and another one when an amount or the currency differs', () => {
    fc.assert(
      fc.property(balancedEntries, (entries) => {
        const posting = postingOf(entries)
        const booked = mergeEntries(entries)
          .map(({ account, direction, amount }) => ({
            account_code: account.code,
            currency: 'CNY',
            direction,
            amount,
          }))
          .reverse()
        expect(isSameBooking(booked, posting)).toBe(true)
        expect(isSameBooking(booked, { ...posting, currency: 'USD' })).toBe(false)
        const changed = booked.map((row) => ({ ...row, amount: row.amount + 1n }))
        expect(isSameBooking(changed, posting)).toBe(false)
        expect(isSameBooking(booked.slice(1), posting)).toBe(false)
      }),
    )
  })
})

function balance(entries: readonly LedgerPostingEntry[]): LedgerPostingEntry[] {
  const difference = signedSum(entries)
  if (difference === 0n) return [...entries]
  const direction = difference > 0n ? 'credit' : 'debit'
  const amount = difference > 0n ? difference : -difference
  return [...entries, { account: suspense(), direction, amount }]
}

function signedSum(entries: readonly LedgerPostingEntry[], code?: string): bigint {
  return entries
    .filter((row) => code === undefined || row.account.code === code)
    .reduce((sum, row) => sum + (row.direction === 'debit' ? row.amount : -row.amount), 0n)
}

function postingOf(entries: readonly LedgerPostingEntry[]): LedgerPosting {
  return {
    institution_id: newId('inst'),
    livemode: false,
    kind: 'payment',
    source_id: newId('pay'),
    description: 'tuition',
    currency: 'CNY',
    posted_at: new Date(),
    entries,
  }
}
