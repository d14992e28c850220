import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { newId } from '../../kernel/id.js'
import type { BookedEntry } from './ledger.rules.js'
import { leftOf, movesOf, reversalOf, stillFits } from './ledger-correction.rules.js'
import type { CorrectionEntry } from './ledger-correction.types.js'

const CLEARING = `channel_clearing:${newId('cha')}`
const FIRST = `department_payable:${newId('dept')}`
const SECOND = `department_payable:${newId('dept')}`

const entry = (
  account_code: string,
  direction: 'debit' | 'credit',
  amount: bigint,
): BookedEntry => ({
  account_code,
  currency: 'CNY',
  direction,
  amount,
})
const payment = [entry(CLEARING, 'debit', 100n), entry(FIRST, 'credit', 100n)]
const entriesOf = (proposal: ReturnType<typeof reversalOf>) => {
  if ('entries' in proposal) return proposal.entries
  throw new Error(proposal.refusal.message)
}
const refusalOf = (proposal: ReturnType<typeof reversalOf>) =>
  'refusal' in proposal ? proposal.refusal : null
const booked = (entries: readonly CorrectionEntry[]) =>
  entries.map(({ account, direction, amount }) => entry(account, direction, amount))
const signedSum = (entries: readonly CorrectionEntry[]) =>
  entries.reduce(
    (sum, { direction, amount }) => sum + (direction === 'debit' ? amount : -amount),
    0n,
  )

describe('a reversal', () => {
  test('books the opposite of every entry', () => {
    expect(entriesOf(reversalOf(leftOf(payment)))).toEqual([
      { account: CLEARING, direction: 'credit', amount: 100n },
      { account: FIRST, direction: 'debit', amount: 100n },
    ])
  })

  test('takes back from where money was moved to', () => {
    const moved = entriesOf(movesOf(leftOf(payment), [{ from: FIRST, to: SECOND, amount: 30n }]))
    const left = leftOf([...payment, ...booked(moved)])
    expect(entriesOf(reversalOf(left))).toEqual([
      { account: CLEARING, direction: 'credit', amount: 100n },
      { account: FIRST, direction: 'debit', amount: 70n },
      { account: SECOND, direction: 'debit', amount: 30n },
    ])
  })

  test('is refused of what was reversed, and of accounts that have a lock of their own', () => {
    const reversed = [...payment, ...booked(entriesOf(reversalOf(leftOf(payment))))]
    expect(refusalOf(reversalOf(leftOf(reversed)))?.message).toMatch('Nothing is left')
    const wallet = [entry(CLEARING, 'debit', 1n), entry('payer_wallet:wal_1', 'credit', 1n)]
    expect(refusalOf(reversalOf(leftOf(wallet)))?.message).toMatch('lock of its own')
  })
})

describe('a move', () => {
  const move = (from: string, to: string, amount: bigint) => [{ from, to, amount }]

  test('puts a part of what was booked on another account, on the same side', () => {
    expect(entriesOf(movesOf(leftOf(payment), move(FIRST, SECOND, 40n)))).toEqual([
      { account: FIRST, direction: 'debit', amount: 40n },
      { account: SECOND, direction: 'credit', amount: 40n },
    ])
  })

  test.each([
    ['more than was booked', move(FIRST, SECOND, 101n), '/moves/0/amount'],
    ['from where nothing was booked', move(SECOND, FIRST, 1n), '/moves/0/amount'],
    [
      'twice as much as there is, in two moves',
      [...move(FIRST, SECOND, 60n), ...move(FIRST, 'suspense', 60n)],
      '/moves/1/amount',
    ],
    ['to an account of another type', move(FIRST, CLEARING, 1n), '/moves/0/to'],
    ['to itself', move(FIRST, FIRST, 1n), '/moves/0/to'],
    ['to no account of ours', move(FIRST, 'petty_cash', 1n), '/moves/0/to'],
  ])('is refused of %s', (_, moves, pointer) => {
    expect(refusalOf(movesOf(leftOf(payment), moves))).toMatchObject({
      code: 'ledger_correction_refused',
      pointer,
    })
  })
})

describe('corrections of corrections', () => {
  test('balance, never take more than there is, and a reversal in the end leaves nothing', () => {
    const accounts = [FIRST, SECOND, 'suspense']
    const move = fc.record({ from: fc.nat(2), to: fc.nat(2), amount: fc.bigInt(1n, 150n) })
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12 }), (wanted) => {
        let all: BookedEntry[] = [...payment]
        for (const { from, to, amount } of wanted) {
          const [source = '', target = ''] = [accounts[from], accounts[to]]
          const proposal = movesOf(leftOf(all), [{ from: source, to: target, amount }])
          if ('refusal' in proposal) continue
          expect(signedSum(proposal.entries)).toBe(0n)
          expect(stillFits(leftOf(all), 'move', proposal.entries)).toBe(true)
          all = [...all, ...booked(proposal.entries)]
          for (const code of accounts) expect((leftOf(all).get(code) ?? 0n) <= 0n).toBe(true)
        }
        const reversal = entriesOf(reversalOf(leftOf(all)))
        expect(signedSum(reversal)).toBe(0n)
        const left = leftOf([...all, ...booked(reversal)])
        expect([...left.values()].every((signed) => signed === 0n)).toBe(true)
        expect(stillFits(left, 'reversal', reversal)).toBe(false)
      }),
    )
  })

  test('that were worked out before another one was booked no longer fit', () => {
    const move = entriesOf(movesOf(leftOf(payment), [{ from: FIRST, to: SECOND, amount: 60n }]))
    expect(stillFits(leftOf([...payment, ...booked(move)]), 'move', move)).toBe(false)
    const reversal = entriesOf(reversalOf(leftOf(payment)))
    expect(stillFits(leftOf([...payment, ...booked(move)]), 'reversal', reversal)).toBe(false)
  })
})
