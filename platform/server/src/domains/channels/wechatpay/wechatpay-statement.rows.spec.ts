import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { StatementLine } from '../channel.port.js'
import { StatementFile } from './wechatpay-statement.file.js'
import { readLines, surveyBill } from './wechatpay-statement.rows.js'

const MERCHANT_ID = '1900007291'
/** As the documentation prints it, with columns we do not read. */
const HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注'
const SUMMARY =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额'
const PAYMENT =
  '`2026-12-01 12:34:56,`wxd678efh567hg6787,`1900007291,`0,`,`4200001825202612010000000001,`ORDER0001,`oUpF,`NATIVE,`SUCCESS,`OTHERS,`CNY,`123.45,`0.00,`0,`0,`0.00,`0.00,`,`,`学费, 第一期,`,`0.74000,`0.60%,`123.45,`0.00,`'
const REFUND =
  '`2026-12-01 13:00:00,`wxd678efh567hg6787,`1900007291,`0,`,`4200001825202612010000000001,`ORDER0001,`oUpF,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50300001,`REFUND0001,`23.45,`0.00,`ORIGINAL,`SUCCESS,`学费,`,`-0.14000,`0.60%,`0.00,`23.45,`'
const TOTALS = '`2,`123.45,`23.45,`0.00,`0.60000,`123.45,`23.45'

async function fileOf(text: string | Buffer): Promise<StatementFile> {
  const file = await StatementFile.open()
  async function* chunks() {
    yield gzipSync(text)
  }
  await file.save(chunks())
  return file
}
async function read(text: string | Buffer): Promise<StatementLine[]> {
  const lines: StatementLine[] = []
  for await (const line of readLines(await fileOf(text), MERCHANT_ID)) lines.push(line)
  return lines
}
const bill = (...rows: readonly string[]) =>
  `\uFEFF${[HEADER, ...rows, SUMMARY, TOTALS].join('\r\n')}\r\n`

describe('a bill', () => {
  test('is read row by row, a comma inside a value parting nothing', async () => {
    const common = { order_no: 'ORDER0001' }
    expect(await read(bill(PAYMENT, REFUND))).toEqual([
      {
        ...{ ...common, kind: 'payment', line_no: 2, fee: 74n },
        transaction_no: '4200001825202612010000000001',
        amount: { minor: 12_345n, currency: 'CNY' },
        occurred_at: new Date('2026-12-01T04:34:56Z'),
      },
      {
        ...{ ...common, kind: 'refund', line_no: 3, fee: -14n, refund_no: 'REFUND0001' },
        transaction_no: '50300001',
        amount: { minor: 2_345n, currency: 'CNY' },
        occurred_at: new Date('2026-12-01T05:00:00Z'),
      },
    ])
  })

  test('adds up at its end', async () => {
    const file = await fileOf(bill(PAYMENT, REFUND))
    expect(await surveyBill(file)).toEqual({
      totals: {
        ...{ payment_count: 1, payment_amount: 12_345n },
        ...{ refund_count: 1, refund_amount: 2_345n },
      },
    })
    await file.close()
  })

  test('has no sums when its end says none, and none at all without its columns', async () => {
    const cut = await fileOf(`${HEADER}\r\n${PAYMENT}\r\n`)
    expect(await surveyBill(cut)).toEqual({ totals: null })
    const other = await fileOf('a,b,c\r\n`1,`2,`3\r\n')
    expect(await surveyBill(other)).toBeNull()
    await Promise.all([cut.close(), other.close()])
  })

  test('knows the hash of what was packed', async () => {
    const file = await fileOf(bill(PAYMENT))
    expect(file.sha1).toBe(createHash('sha1').update(bill(PAYMENT)).digest('hex'))
    await file.close()
  })

  test.each([
    ['another merchant', PAYMENT.replace('1900007291', '1900000000')],
    ['no amount', PAYMENT.replaceAll('123.45', '1,23')],
    ['no amount', PAYMENT.replaceAll('123.45', '-123.45')],
    ['no time', PAYMENT.replace('2026-12-01 12', '2026-13-01 12')],
    ['no fee', PAYMENT.replace('0.74000', 'free')],
    ['no currency', PAYMENT.replace('CNY', '')],
    ['names no order', PAYMENT.replace('ORDER0001', '')],
    ['unrecognised state', PAYMENT.replace('SUCCESS', 'TOMORROW')],
    ['refund state', REFUND.replace('SUCCESS', 'FAIL')],
    ['columns', `${PAYMENT},\`more`],
    ['columns', 'a remark'],
  ])('keeps as unreadable a row with %s', async (reason, row) => {
    const [first, second] = await read(bill(row, REFUND))
    expect(first).toEqual({
      ...{ kind: 'unreadable', line_no: 2, text: row },
      reason: expect.stringContaining(reason),
    })
    expect(second).toMatchObject({ kind: 'refund', line_no: 3 })
  })

  test('keeps a row that is not UTF-8, and reads the next one', async () => {
    const row = Buffer.from(PAYMENT.replace('oUpF', '\u00ff'), 'latin1')
    const text = Buffer.concat([
      Buffer.from(`${HEADER}\r\n`),
      row,
      Buffer.from(`\r\n${REFUND}\r\n`),
    ])
    expect(await read(text)).toMatchObject([
      { kind: 'unreadable', reason: 'it is not UTF-8' },
      { kind: 'refund' },
    ])
  })

  test.each([
    ['0.00600', 1n],
    ['0.00499', 0n],
    ['-0.00600', -1n],
    ['12.34', 1_234n],
  ])('reads the fee %s', async (text, fee) => {
    expect(await read(bill(PAYMENT.replace('0.74000', text)))).toMatchObject([{ fee }])
  })

  test('is given back to the disk when its reader has had enough', async () => {
    const file = await fileOf(bill(PAYMENT, REFUND))
    for await (const line of readLines(file, MERCHANT_ID)) {
      expect(line.kind).toBe('payment')
      break
    }
    await expect(file.lines().next()).rejects.toThrow('given back')
  })
})
