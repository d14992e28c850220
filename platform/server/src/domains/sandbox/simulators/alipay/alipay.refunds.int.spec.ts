import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import iconv from 'iconv-lite'
import { Harness, MERCHANT_ID } from './alipay-merchant.harness.js'

const HOUR_MS = 3_600_000

let harness: Harness
beforeAll(async () => {
  harness = await Harness.start()
})
afterAll(() => harness.stop())

const word = (sub_code: string) => ({ code: '40004', sub_code })

describe('a refund', () => {
  test('is done at once, and says the sum of all', async () => {
    await harness.paid('r1')
    expect(await harness.refund('r1', 'A', '30.00')).toMatchObject({
      code: '10000',
      fund_change: 'Y',
      refund_fee: '30.00',
      gmt_refund_pay: expect.stringMatching(/./),
    })
    expect(await harness.refund('r1', 'B', '20.00')).toMatchObject({ refund_fee: '50.00' })
    expect(await harness.queryRefund('r1', 'B')).toMatchObject({
      refund_status: 'REFUND_SUCCESS',
      refund_amount: '20.00',
      out_request_no: 'B',
      gmt_refund_pay: expect.stringMatching(/./),
    })
  })

  test('sent again moves no money, and with another amount is refused', async () => {
    await harness.paid('r2')
    await harness.refund('r2', 'A', '30.00')
    expect(await harness.refund('r2', 'A', '30.00')).toMatchObject({
      fund_change: 'N',
      refund_fee: '30.00',
    })
    expect(await harness.refund('r2', 'A', '30.01')).toMatchObject(
      word('ACQ.DISCORDANT_REPEAT_REQUEST'),
    )
  })

  test('of everything closes the trade, which was paid all the same', async () => {
    await harness.paid('r3')
    await harness.refund('r3', 'A', '100.00')
    expect(await harness.query('r3')).toMatchObject({
      trade_status: 'TRADE_CLOSED',
      send_pay_date: expect.stringMatching(/./),
    })
    expect(await harness.refund('r3', 'B', '0.01')).toMatchObject(word('ACQ.TRADE_STATUS_ERROR'))
    expect(await harness.refund('r3', 'A', '100.00')).toMatchObject({ fund_change: 'N' })
  })

  test('is refused without a payment, and beyond it', async () => {
    expect(await harness.refund('r4', 'A', '1.00')).toMatchObject(word('ACQ.TRADE_NOT_EXIST'))
    await harness.precreate('r4')
    await harness.play('r4', 'abandon')
    expect(await harness.refund('r4', 'A', '1.00')).toMatchObject(word('ACQ.TRADE_STATUS_ERROR'))
    await harness.play('r4', 'pay')
    expect(await harness.refund('r4', 'A', '100.01')).toMatchObject(
      word('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'),
    )
    expect(await harness.queryRefund('r4', 'A')).toEqual(
      expect.not.objectContaining({ refund_amount: expect.anything() }),
    )
  })

  test('sent twice at once is one, and two at once do not exceed the payment', async () => {
    await harness.paid('r5')
    const same = await Promise.all([1, 2, 3].map(() => harness.refund('r5', 'A', '60.00')))
    expect(same.filter((answer) => answer.fund_change === 'Y')).toHaveLength(1)
    const others = await Promise.all(['B', 'C'].map((no) => harness.refund('r5', no, '30.00')))
    expect(others.filter((answer) => answer.code === '10000')).toHaveLength(1)
  })

  test('that cannot be paid out is accepted, and never done', async () => {
    await harness.paid('r6')
    await harness.fault('refund_abnormal', 'r6', 1)
    expect(await harness.refund('r6', 'A', '1.00')).toMatchObject({
      code: '10000',
      fund_change: 'N',
    })
    const state = await harness.queryRefund('r6', 'A')
    expect(state).toMatchObject({ code: '10000', refund_amount: '1.00' })
    expect(state).not.toHaveProperty('refund_status')
  })

  test('whose result Alipay does not know may be done', async () => {
    await harness.paid('r7')
    await harness.fault('result_unknown', 'r7', 1)
    expect(await harness.refund('r7', 'A', '1.00')).toMatchObject({ code: '20000' })
    expect(await harness.queryRefund('r7', 'A')).toMatchObject({ refund_status: 'REFUND_SUCCESS' })
  })
})

describe('two refunds of one trade', () => {
  let patient: Harness
  beforeAll(async () => {
    patient = await Harness.start({ refundGapMs: 3_000 })
  })
  afterAll(() => patient.stop())

  test('are three seconds apart; a faster one is not taken, and may come again', async () => {
    await patient.paid('g1')
    await patient.refund('g1', 'A', '1.00')
    expect(await patient.refund('g1', 'B', '1.00')).toMatchObject({
      code: '20000',
      sub_code: 'aop.ACQ.SYSTEM_ERROR',
    })
    expect(await patient.queryRefund('g1', 'B')).not.toHaveProperty('refund_amount')
    expect(await patient.refund('g1', 'A', '1.00')).toMatchObject({ code: '10000' })
    patient.offsetMs += 3_000
    expect(await patient.refund('g1', 'B', '1.00')).toMatchObject({ fund_change: 'Y' })
  })
})

describe('a statement', () => {
  const billUrl = (bill_date: string) =>
    harness.call('alipay.data.dataservice.bill.downloadurl.query', {
      bill_type: 'trade',
      bill_date,
    })
  const toNextDay = (hour: number) => {
    const localMs = harness.now().getTime() + 8 * HOUR_MS
    harness.offsetMs += 24 * HOUR_MS - (localMs % (24 * HOUR_MS)) + hour * HOUR_MS
  }
  const today = () => harness.wireTime(harness.now()).slice(0, 10)
  const download = async (url: unknown) =>
    Buffer.from(await (await fetch(String(url))).arrayBuffer())
  const rowsOf = (text: string) => text.split('\r\n').filter((line) => /^\d{28}\t,/.test(line))
  const rowsBy = async (day: string) => {
    const { bill_download_url } = await billUrl(day)
    return rowsOf(filesOf(await download(bill_download_url))[0]?.text ?? '')
  }
  const aDay = async (prefix: string) => {
    toNextDay(10)
    const day = today()
    await harness.paid(`${prefix}1`, { subject: '学费, "2026"' })
    await harness.paid(`${prefix}2`, { total_amount: '35.80' })
    await harness.refund(`${prefix}1`, 'REFUND1', '10.00')
    return day
  }

  test('is there at nine of the next day, as a zip of two files in GBK', async () => {
    const day = await aDay('s')
    expect(await billUrl(day)).toMatchObject(word('isp.bill_not_exist'))
    toNextDay(8.9)
    expect(await billUrl(day)).toMatchObject(word('isp.bill_not_exist'))
    harness.offsetMs += HOUR_MS
    const { bill_download_url, bill_file_code } = await billUrl(day)
    expect(bill_file_code).toBeUndefined()
    const [details, summary] = filesOf(await download(bill_download_url))
    const stem = `${MERCHANT_ID}0156_${day.replaceAll('-', '')}_业务明细`
    expect([details?.name, summary?.name]).toEqual([`${stem}.csv`, `${stem}(汇总).csv`])
    const rows = rowsOf(details?.text ?? '')
    expect(rows).toHaveLength(3)
    expect(rows[0]).toContain(',s1\t,交易,"学费, ""2026""",')
    expect(rows[1]).toContain(',35.80,35.80,')
    expect(rows[1]).toContain(',-0.21,')
    expect(rows[2]).toMatch(/,s1\t,退款,.*,-10\.00,.*,REFUND1\t,0\.06,0\.00,$/)
    expect(details?.text).toContain('#交易合计：2笔，商家实收共135.80元')
    expect(details?.text).toContain('#退款合计：1笔，商家实收退款共-10.00元')
  })

  test('has an address that works for half a minute', async () => {
    const day = await aDay('t')
    toNextDay(10)
    const { bill_download_url } = await billUrl(day)
    harness.offsetMs += 31_000
    expect((await fetch(String(bill_download_url))).status).toBe(404)
    expect((await fetch(`${harness.origin}/alipay/bill/guess.zip`)).status).toBe(404)
  })

  test('of a day without business says so', async () => {
    toNextDay(10)
    const day = today()
    toNextDay(10)
    expect(await billUrl(day)).toMatchObject({ bill_file_code: 'EMPTY_DATA_WITH_BILL_FILE' })
  })

  test('may be late, short, long, or off by a fen', async () => {
    const day = await aDay('u')
    toNextDay(10)
    await harness.fault('statement_late', null, 1)
    expect(await billUrl(day)).toMatchObject(word('isp.bill_not_exist'))
    const right = await rowsBy(day)
    await harness.fault('statement_short', null, 1)
    expect(await rowsBy(day)).toEqual(right.slice(0, 2))
    await harness.fault('statement_long', null, 1)
    const long = await rowsBy(day)
    expect(long.slice(0, 3)).toEqual(right)
    expect(long).toHaveLength(4)
    await harness.fault('statement_off_by_a_fen', null, 1)
    expect((await rowsBy(day))[0]).toContain(',100.01,100.01,')
    expect(await rowsBy(day)).toEqual(right)
  })
})

/** Reads the archive by its local headers alone, as no client does. */
function filesOf(zip: Buffer): { name: string; text: string }[] {
  const files: { name: string; text: string }[] = []
  let at = 0
  while (zip.readUInt32LE(at) === 0x04034b50) {
    const packedBytes = zip.readUInt32LE(at + 18)
    const nameBytes = zip.readUInt16LE(at + 26)
    const start = at + 30 + nameBytes
    const name = iconv.decode(zip.subarray(at + 30, start), 'gbk')
    const content = inflateRawSync(zip.subarray(start, start + packedBytes))
    files.push({ name, text: iconv.decode(content, 'gbk') })
    at = start + packedBytes
  }
  return files
}
