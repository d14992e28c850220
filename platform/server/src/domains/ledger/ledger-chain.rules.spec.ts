import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  CHAIN_START,
  canonicalText,
  linksOf,
  type SealableTransaction,
} from './ledger-chain.rules.js'

const tenant = { institution_id: 'inst_1', livemode: true }
const transaction: SealableTransaction = {
  id: 'txn_1',
  kind: 'payment',
  source_id: 'pay_1',
  corrects_id: null,
  description: '学费 "2026"\n',
  business_date: '2026-11-22',
  posted_at: new Date('2026-11-22T01:02:03.004Z'),
  entries: [
    {
      account_code: 'channel_clearing:cha_1',
      currency: 'CNY',
      direction: 'debit',
      amount: '18014398509481986',
    },
    {
      account_code: 'department_payable:dept_1',
      currency: 'CNY',
      direction: 'credit',
      amount: '18014398509481986',
    },
  ],
}

describe('canonical form of a transaction', () => {
  test('is the documented text, to the byte', () => {
    expect(canonicalText(tenant, transaction, CHAIN_START)).toBe(
      '{"business_date":"2026-11-22","corrects":null,"description":"学费 \\"2026\\"\\n","entries":' +
        '[{"account":"channel_clearing:cha_1","amount":"18014398509481986","currency":"CNY","direction":"debit"},' +
        '{"account":"department_payable:dept_1","amount":"18014398509481986","currency":"CNY","direction":"credit"}],' +
        '"id":"txn_1","institution":"inst_1","kind":"payment","livemode":true,"position":1,' +
        '"posted_at":"2026-11-22T01:02:03.004Z","previous":"' +
        `${'0'.repeat(64)}","source":"pay_1"}`,
    )
  })

  test('names everything in the order of RFC 8785', () => {
    const parsed = JSON.parse(canonicalText(tenant, transaction, CHAIN_START))
    for (const object of [parsed, ...parsed.entries]) {
      expect(Object.keys(object)).toEqual(Object.keys(object).sort())
    }
  })
})

describe('links', () => {
  test('number transactions without gaps behind the head, each on the hash before it', () => {
    const head = { position: 41n, hash: Buffer.alloc(32, 7) }
    const second = { ...transaction, id: 'txn_2' }
    const links = linksOf(tenant, [transaction, second], head)
    expect(links.map(({ position, transaction_id }) => [position, transaction_id])).toEqual([
      [42n, 'txn_1'],
      [43n, 'txn_2'],
    ])
    const [first] = links
    if (!first) throw new Error('there is a first link')
    const expected = createHash('sha256')
      .update(canonicalText(tenant, second, first))
      .digest()
    expect(links[1]?.hash).toEqual(expected)
  })

  test('differ when anything in them differs', () => {
    const hashOf = (changed: SealableTransaction, livemode = true) =>
      linksOf({ ...tenant, livemode }, [changed], CHAIN_START)[0]?.hash.toString('hex')
    const [debit, credit] = transaction.entries
    if (!debit || !credit) throw new Error('there are two entries')
    const others = [
      hashOf(transaction),
      hashOf(transaction, false),
      hashOf({ ...transaction, id: 'txn_2' }),
      hashOf({ ...transaction, kind: 'refund' }),
      hashOf({ ...transaction, source_id: 'pay_2' }),
      hashOf({ ...transaction, corrects_id: 'txn_0' }),
      hashOf({ ...transaction, description: '' }),
      hashOf({ ...transaction, business_date: '2026-11-23' }),
      hashOf({ ...transaction, posted_at: new Date('2026-11-22T01:02:03.005Z') }),
      hashOf({ ...transaction, entries: [credit, debit] }),
      hashOf({ ...transaction, entries: [debit] }),
      hashOf({ ...transaction, entries: [{ ...debit, amount: '1' }, credit] }),
    ]
    expect(new Set(others).size).toBe(others.length)
  })

  test('are the same whether sealed in one batch or in several', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 12 }), fc.nat(12), (descriptions, cut) => {
        const all = descriptions.map((description, index) => ({
          ...transaction,
          id: `txn_${index}`,
          description,
        }))
        const first = linksOf(tenant, all.slice(0, cut), CHAIN_START)
        const rest = linksOf(tenant, all.slice(cut), first.at(-1) ?? CHAIN_START)
        expect([...first, ...rest]).toEqual(linksOf(tenant, all, CHAIN_START))
      }),
    )
  })
})
