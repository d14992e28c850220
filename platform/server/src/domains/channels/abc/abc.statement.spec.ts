import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import type { StatementLine } from '../channel.port.js'
import type { AbcReply } from './abc.client.js'
import { mapStatement, readLine, toSettle } from './abc.statement.js'
import { MERCHANT_ID } from './abc-fixture.conformance.js'

const HEADER =
  '商户号|交易类型|订单编号|交易时间|交易金额|商户账号|商户动账金额|客户账号|账户类型|商户回佣手续费|商户分期手续费|会计日期|主机流水号|9014流水号|原订单号'
const SALE = `${MERCHANT_ID}|Sale|ORDER1|20261201103456|123.45|720101040217999|123.45|622848|401|0.30|0.02|20261201|382197316|9015052611322302569|`
const REFUND = `${MERCHANT_ID}|Refund|REFUND1|20261201113456|3.00|720101040217999|3.00|622848|401|-0.01|0.00|20261201|382197317|9015052611322302570|ORDER1`

const DAY = {
  SettleDate: '2026/12/01',
  NumOfPayments: '1',
  SumOfPayAmount: '123.45',
  NumOfRefunds: '1',
  SumOfRefundAmount: '3.00',
}
const zip = (text: string) => gzipSync(iconv.encode(text, 'gb18030')).toString('base64')
const reply = (response: object, code = '0000'): AbcReply => ({
  kind: 'believed',
  code,
  message: '',
  response: { ...response },
})
const read = (answer: AbcReply) => mapStatement(answer, '2026-12-01', MERCHANT_ID)
const linesOf = async (text: string): Promise<StatementLine[]> => {
  const result = read(reply({ ...DAY, ZIPDetailRecords: zip(text) }))
  if (result.kind !== 'ready') throw new Error(`not ready: ${JSON.stringify(result)}`)
  const lines: StatementLine[] = []
  for await (const line of result.lines) lines.push(line)
  return lines
}

test('a day is asked for as the bank writes it', () => {
  expect(toSettle('2026-12-01')).toEqual({ TrxType: 'Settle', SettleDate: '2026/12/01', ZIP: '1' })
})

describe('a statement', () => {
  test('has the day’s lines and the bank’s own sums', async () => {
    expect(read(reply({ ...DAY, ZIPDetailRecords: zip(HEADER) }))).toMatchObject({
      totals: {
        payment_count: 1,
        payment_amount: 12345n,
        refund_count: 1,
        refund_amount: 300n,
      },
    })
    expect(await linesOf([HEADER, SALE, REFUND].join('^^'))).toEqual([
      {
        kind: 'payment',
        line_no: 2,
        order_no: 'ORDER1',
        transaction_no: '9015052611322302569',
        amount: { minor: 12345n, currency: 'CNY' },
        fee: 32n,
        occurred_at: new Date('2026-12-01T02:34:56Z'),
      },
      {
        kind: 'refund',
        line_no: 3,
        order_no: 'ORDER1',
        refund_no: 'REFUND1',
        transaction_no: '9015052611322302570',
        amount: { minor: 300n, currency: 'CNY' },
        fee: -1n,
        occurred_at: new Date('2026-12-01T03:34:56Z'),
      },
    ])
  })

  test('reads the older records, without the last separator, and one at the end', async () => {
    const lines = await linesOf([HEADER, SALE.slice(0, -1), ''].join('^^'))
    expect(lines.map((line) => line.kind)).toEqual(['payment'])
  })

  test('may come unpacked', () => {
    expect(read(reply({ ...DAY, DetailRecords: HEADER }))).toMatchObject({ kind: 'ready' })
  })

  test.each([
    ['E008', 'empty'],
    ['E007', 'not_ready'],
    ['EUNKWN', 'unknown'],
    ['APE001', 'unknown'],
    ['X', 'unknown'],
  ])('with the code %s is %s', (code, kind) => {
    expect(read(reply({}, code)).kind).toBe(kind)
  })

  test.each([
    ['of another day', { ...DAY, SettleDate: '2026/12/02', DetailRecords: HEADER }],
    ['without its sums', { SettleDate: '2026/12/01', DetailRecords: HEADER }],
    ['with a sum that is no amount', { ...DAY, SumOfPayAmount: '1,000.00', DetailRecords: HEADER }],
    ['with other columns', { ...DAY, DetailRecords: '订单编号|商户号' }],
    ['without records', DAY],
    ['that is not packed as it says', { ...DAY, ZIPDetailRecords: 'AAAA' }],
    [
      'that was cut',
      {
        ...DAY,
        ZIPDetailRecords: gzipSync(iconv.encode(`${HEADER}^^${SALE}`, 'gb18030'))
          .subarray(0, -9)
          .toString('base64'),
      },
    ],
  ])('%s is not believed', (_, response) => {
    expect(read(reply(response)).kind).toBe('unknown')
  })
})

describe('a line that does not fit is kept', () => {
  const change = (at: number, value: string) => {
    const fields = SALE.split('|')
    fields[at] = value
    return fields.join('|')
  }

  test.each([
    ['of another merchant', change(0, '103881636900017')],
    ['of a type we do not know', change(1, 'Chargeback')],
    ['without a number', change(2, '')],
    ['at no time', change(3, '20261301000000')],
    ['of no amount', change(4, '12,3')],
    ['of a negative amount', change(4, '-1.00')],
    ['of an amount that is too large', change(4, '999999999999999.99')],
    ['with a fee that is none', change(9, 'x')],
    ['without the bank’s number', change(13, '')],
    ['with too few fields', 'a|b'],
    ['empty', ''],
    ['a refund of no order', REFUND.replace('ORDER1', '')],
  ])('%s', (_, text) => {
    expect(readLine(text, 7, MERCHANT_ID)).toEqual({
      kind: 'unreadable',
      line_no: 7,
      text,
      reason: expect.stringMatching(/./),
    })
  })
})

describe('whatever stands in a statement', () => {
  test('becomes one line each, and none is dropped', async () => {
    const record = fc
      .oneof(fc.constant(SALE), fc.constant(REFUND), fc.string(), fc.string({ unit: 'binary' }))
      // The separator, and what GB18030 does not hold.
      .filter((text) => text.isWellFormed() && !/\^/.test(text) && text.trim() !== '')
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 20 }), async (records) => {
        const lines = await linesOf([HEADER, ...records].join('^^'))
        expect(lines.map((line) => line.line_no)).toEqual(records.map((_, index) => index + 2))
      }),
    )
  })
})
