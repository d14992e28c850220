import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import iconv from 'iconv-lite'
import { money, toMajorText } from '../../../kernel/money.js'
import type { StatementLine } from '../channel.port.js'
import { alipayMerchant } from './alipay.settings.js'
import { mapBillUrl, readStatement } from './alipay.statement.js'
import { ResultMessage } from './alipay.wire.js'
import { makeAlipayFixture } from './alipay-fixture.conformance.js'
import { splitCells } from './alipay-statement.row.js'

const OF = { merchant_id: '2088102146225135', day: '2026-12-01' }
const HEADINGS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注'
const LIST_END =
  '#-----------------------------------------业务明细列表结束------------------------------------'
const PAYMENT =
  '2026120122001400000000000001\t,ORDER0000000001\t,交易,"学费, ""秋""",2026-12-01 10:00:00,2026-12-01 10:00:30,,,,,b***@example.com,35.80,35.80,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.21,0.00,'
const REFUND =
  '2026120122001400000000000001\t,ORDER0000000001\t,退款,学费,2026-12-01 10:00:00,2026-12-01 11:00:00,,,,,b***@example.com,-10.00,-10.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,REFUND0000000001\t,0.06,0.00,'
const HEAD = [
  '#支付宝业务明细查询',
  '#账号：[20881021462251350156]',
  '#起始日期：[2026年12月01日 00:00:00]   终止日期：[2026年12月02日 00:00:00]',
  '#-----------------------------------------业务明细列表----------------------------------------',
]
const TAIL = [
  LIST_END,
  '#交易合计：1笔，商家实收共35.80元，商家优惠共0.00元',
  '#退款合计：1笔，商家实收退款共-10.00元，商家优惠退款共0.00元',
  '#导出时间：[2026年12月02日 06:27:10]',
]

/** A file name in GBK, as Alipay's archives have them; fflate takes bytes as Latin letters. */
const nameOf = (text: string) => iconv.encode(text, 'gbk').toString('latin1')
function archive(lines: readonly string[], level: 0 | 6 = 6): Buffer {
  const text = lines.map((line) => `${line}\r\n`).join('')
  const files = {
    [nameOf('20881021462251350156_20261201_业务明细(汇总).csv')]: iconv.encode('#', 'gbk'),
    [nameOf('20881021462251350156_20261201_业务明细.csv')]: iconv.encode(text, 'gbk'),
  }
  // fflate writes names as UTF-8 when they are not ASCII, so they are put in afterwards.
  const ascii = Object.fromEntries(
    Object.entries(files).map(([name, bytes], index) => [String(index).repeat(name.length), bytes]),
  )
  let zip = Buffer.from(zipSync(ascii, { level })).toString('latin1')
  for (const [index, name] of Object.keys(files).entries()) {
    zip = zip.replaceAll(String(index).repeat(name.length), name)
  }
  return Buffer.from(zip, 'latin1')
}
async function read(lines: readonly string[]): Promise<StatementLine[]> {
  const result = await readStatement(archive([...HEAD, HEADINGS, ...lines, ...TAIL]), OF)
  if (result.kind !== 'ready') throw new Error(`the statement is ${result.kind}`)
  const found: StatementLine[] = []
  for await (const line of result.lines) found.push(line)
  return found
}

describe('readStatement', () => {
  test('reads payments and refunds, what Alipay keeps and what it gives back', async () => {
    const common = { order_no: 'ORDER0000000001', transaction_no: '2026120122001400000000000001' }
    expect(await read([PAYMENT, REFUND])).toEqual([
      {
        ...{ kind: 'payment', line_no: 6, ...common, amount: money(3_580n, 'CNY'), fee: 21n },
        occurred_at: new Date('2026-12-01T02:00:30Z'),
      },
      {
        ...{ kind: 'refund', line_no: 7, ...common, refund_no: 'REFUND0000000001' },
        ...{ amount: money(1_000n, 'CNY'), fee: -6n },
        occurred_at: new Date('2026-12-01T03:00:00Z'),
      },
    ])
  })

  test('tells what Alipay adds up, stored or deflated', async () => {
    const lines = [...HEAD, HEADINGS, PAYMENT, REFUND, ...TAIL]
    for (const level of [0, 6] as const) {
      expect(await readStatement(archive(lines, level), OF)).toMatchObject({
        kind: 'ready',
        totals: {
          ...{ payment_count: 1, payment_amount: 3_580n },
          ...{ refund_count: 1, refund_amount: 1_000n },
        },
      })
    }
  })

  test('finds the columns by their headings', async () => {
    const [payment] = await readMoved()
    expect(payment).toMatchObject({ kind: 'payment', fee: 21n, amount: money(3_580n, 'CNY') })
  })

  test('keeps every row that fits no schema, with the reason', async () => {
    const rows = [
      PAYMENT.replace('交易', '转账'),
      PAYMENT.replace('35.80', '35,80'),
      PAYMENT.replace('35.80', 'NaN'),
      PAYMENT.replace('35.80', '-35.80'),
      PAYMENT.replace('2026-12-01 10:00:30', 'yesterday'),
      PAYMENT.replace('ORDER0000000001\t', ''),
      REFUND.replace('REFUND0000000001\t', ''),
      REFUND.replace('-10.00', '10.00'),
      'nonsense',
    ]
    const lines = await read(rows)
    expect(lines.map((line) => line.kind)).toEqual(rows.map(() => 'unreadable'))
    expect(lines.map((line) => 'text' in line && line.text)).toEqual(rows)
    expect(lines.every((line) => 'reason' in line && line.reason !== '')).toBe(true)
  })

  test('of a file without rows is empty, unless it says that there were some', async () => {
    const none = TAIL.map((line) => line.replace(/合计：1笔/, '合计：0笔'))
    expect((await readStatement(archive([...HEAD, HEADINGS, ...none]), OF)).kind).toBe('empty')
    expect((await readStatement(archive([...HEAD, HEADINGS, ...TAIL]), OF)).kind).toBe('ready')
  })

  test.each([
    [
      'of another merchant',
      [...HEAD, HEADINGS, PAYMENT, ...TAIL].map((l) =>
        l.replace('2088102146225135', '2088000000000000'),
      ),
    ],
    [
      'of another day',
      [...HEAD, HEADINGS, PAYMENT, ...TAIL].map((l) => l.replace('12月01日', '11月30日')),
    ],
    ['that was cut short', [...HEAD, HEADINGS, PAYMENT]],
    ['without headings', [...HEAD, PAYMENT, ...TAIL]],
    ['that says nothing of itself', [HEADINGS, PAYMENT, LIST_END]],
  ])('does not believe a file %s', async (_, lines) => {
    expect((await readStatement(archive(lines), OF)).kind).toBe('unknown')
  })

  test('does not believe an archive with any bit of its content flipped, or its end cut off', async () => {
    const zip = archive([...HEAD, HEADINGS, PAYMENT, ...TAIL])
    // Of the second file, between its own header and the directory.
    const start = zip.lastIndexOf('PK\u0003\u0004', undefined, 'latin1') + 80
    const end = zip.indexOf('PK\u0001\u0002', 0, 'latin1') - 1
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: start, max: end }), async (at) => {
        const altered = Buffer.from(zip)
        altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
        const result = await readStatement(altered, OF)
        expect(result.kind).toBe('unknown')
      }),
      { numRuns: 50 },
    )
    for (const bytes of [0, 10, 100, zip.length - 1]) {
      expect((await readStatement(zip.subarray(0, bytes), OF)).kind).toBe('unknown')
    }
  })

  test('reads back every amount and number that is printed', async () => {
    const row = fc.record({ minor: fc.bigInt(1n, 10n ** 12n), fee: fc.bigInt(0n, 10n ** 6n) })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const printed = rows.map(({ minor, fee }) =>
          PAYMENT.replace('35.80', toMajorText(minor)).replace('-0.21', `-${toMajorText(fee)}`),
        )
        const lines = await read(printed)
        expect(lines).toMatchObject(
          rows.map(({ minor, fee }) => ({ kind: 'payment', amount: { minor }, fee })),
        )
      }),
      { numRuns: 30 },
    )
  })
})

async function readMoved(): Promise<StatementLine[]> {
  const swap = (line: string) => {
    const [first, ...rest] = line.split(',')
    return [...rest, first].join(',')
  }
  const plain = PAYMENT.replace('"学费, ""秋"""', '学费')
  const result = await readStatement(archive([...HEAD, swap(HEADINGS), swap(plain), ...TAIL]), OF)
  if (result.kind !== 'ready') throw new Error(`the statement is ${result.kind}`)
  const found: StatementLine[] = []
  for await (const line of result.lines) found.push(line)
  return found
}

describe('splitCells', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['a\t, b ,', ['a', 'b', '']],
    [',,', ['', '', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""" ,c', ['a "b"', 'c']],
    ['a "b" c,d', ['a "b" c', 'd']],
    ['"open,b', ['"open', 'b']],
  ])('splits %j', (line, cells) => {
    expect(splitCells(line)).toEqual(cells)
  })
})

describe('mapBillUrl', () => {
  const merchant = alipayMerchant(makeAlipayFixture('https://openapi.alipay.com').account)
  const map = (result: object) =>
    mapBillUrl(
      { kind: 'believed', result: ResultMessage.parse({ code: '10000', ...result }) },
      merchant,
    )
  const bill_download_url = 'https://dwbillcenter.alipay.com/downloadBillFile.resource?fileId=1'

  test('knows a file, an empty day and a day too young', () => {
    expect(map({ bill_download_url })).toEqual({ kind: 'found', url: bill_download_url })
    expect(map({ bill_download_url, bill_file_code: 'EMPTY_DATA_WITH_BILL_FILE' })).toEqual({
      kind: 'empty',
    })
    for (const sub_code of ['isp.bill_not_exist', 'BILL_NOT_EXIST']) {
      expect(map({ code: '40004', sub_code }).kind).toBe('not_ready')
    }
    expect(map({ code: '40004', sub_code: 'isp.unknow-error' }).kind).toBe('unknown')
  })

  test.each(['http://dwbillcenter.alipay.com/x', 'file:///etc/passwd', 'no url'])(
    'does not fetch %s',
    (url) => {
      expect(map({ bill_download_url: url }).kind).toBe('unknown')
    },
  )
})
