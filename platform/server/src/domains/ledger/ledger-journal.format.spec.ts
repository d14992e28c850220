import { describe, expect, test } from '@jest/globals'
import { transactionText } from './ledger-journal.format.js'

const transaction = {
  institution_id: 'inst_1',
  livemode: true,
  id: 'txn_1',
  kind: 'payment',
  source_id: 'pay_1',
  description: 'Tuition 2026',
  business_date: '2026-11-22',
  posted_at: new Date('2026-11-22T01:02:03.004Z'),
  corrects_id: null,
  position: null,
  hash: null,
  entries: [
    {
      account_code: 'channel_clearing:cha_1',
      type: 'asset' as const,
      currency: 'CNY',
      direction: 'debit' as const,
      amount: 9007199254740993n,
    },
    {
      account_code: 'department_payable:dept_1',
      type: 'liability' as const,
      currency: 'CNY',
      direction: 'credit' as const,
      amount: 9007199254740993n,
    },
  ],
}

describe('hledger journal', () => {
  test('writes a transaction with exact amounts, debits positive', () => {
    expect(transactionText(transaction)).toBe(`
2026-11-22 * (pay_1) Tuition 2026
    ; txn: txn_1, kind: payment, posted_at: 2026-11-22T01:02:03.004Z
    institution:inst_1:live:assets:channel_clearing:cha_1  90071992547409.93 CNY
    institution:inst_1:live:liabilities:department_payable:dept_1  -90071992547409.93 CNY
`)
  })

  test('tags a correction with what it corrects, and a sealed transaction with its link', () => {
    const tags = { corrects_id: 'txn_0', position: 7n, hash: Buffer.alloc(32, 0xab) }
    const [, , line] = transactionText({ ...transaction, ...tags }).split('\n')
    expect(line).toBe(
      '    ; txn: txn_1, kind: payment, posted_at: 2026-11-22T01:02:03.004Z, corrects: txn_0, ' +
        `position: 7, hash: ${'ab'.repeat(32)}`,
    )
  })

  test('keeps a description from breaking out of its line', () => {
    const description = '学费 ; fake: tag\n2026-11-22 fake\u2028transaction'
    const [, line, next] = transactionText({ ...transaction, description }).split('\n')
    expect(line).toBe('2026-11-22 * (pay_1) 学费 , fake: tag 2026-11-22 fake transaction')
    expect(next).toContain('; txn: txn_1')
  })
})
