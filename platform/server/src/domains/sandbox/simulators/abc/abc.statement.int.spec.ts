import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import iconv from 'iconv-lite'
import {
  type Harness,
  MERCHANT_ID,
  newNo,
  payReq,
  refundReq,
  startHarness,
} from './abc-merchant.harness.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let harness: Harness
let day: string
let order: string
let refund: string

/** To this hour in Beijing of the next day. */
const toNextDay = (hour: number) => {
  const localMs = harness.clock.now().getTime() + 8 * HOUR_MS
  harness.clock.advance(DAY_MS - (localMs % DAY_MS) + hour * HOUR_MS)
}
const today = () =>
  new Date(harness.clock.now().getTime() + 8 * HOUR_MS)
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '/')
const settle = (SettleDate: string, ZIP = '1') =>
  harness.call({ TrxType: 'Settle', SettleDate, ZIP })
const codeOf = async (date: string) => (await settle(date)).response.ReturnCode
const linesOf = async (date: string) => {
  const { response } = await settle(date)
  const bytes = gunzipSync(Buffer.from(response.ZIPDetailRecords ?? '', 'base64'))
  const [header, ...lines] = iconv.decode(bytes, 'gb18030').split('^^')
  return { response, header: header?.split('|'), lines: lines.map((line) => line.split('|')) }
}
const withFault = async (fault: string) => {
  await harness.fault(fault, null, 1)
  return linesOf(day)
}

beforeAll(async () => {
  harness = await startHarness()
  toNextDay(10)
  day = today()
  order = newNo()
  refund = newNo()
  for (const [no, OrderAmount] of [
    [order, '100.00'],
    [newNo(), '0.01'],
  ]) {
    await harness.call(payReq(no ?? '', harness.receiver.url, { OrderAmount }))
    await harness.play(no ?? '', 'pay', 'lost')
  }
  await harness.call(payReq(newNo(), harness.receiver.url))
  await harness.call(refundReq(order, refund, '30.00'))
  await sleep(300)
})
afterAll(() => harness.stop())

describe('the statement of the simulated bank', () => {
  test('comes at eight the next morning', async () => {
    expect(await codeOf(day)).toBe('E007')
    toNextDay(7.99)
    expect(await codeOf(day)).toBe('E007')
    harness.clock.advance(HOUR_MS)
    expect(await codeOf(day)).toBe('0000')
  })

  test('says what moved on its day, and adds it up', async () => {
    const { response, header, lines } = await linesOf(day)
    expect(response).toMatchObject({
      ...{ NumOfPayments: '2', SumOfPayAmount: '100.01' },
      ...{ NumOfRefunds: '1', SumOfRefundAmount: '30.00' },
    })
    expect(header).toHaveLength(15)
    expect(lines.map((line) => line.length)).toEqual([15, 15, 15])
    const [sale] = lines
    expect(sale?.slice(0, 5)).toEqual([
      ...[MERCHANT_ID, 'Sale', order],
      ...[expect.stringMatching(/^\d{14}$/), '100.00'],
    ])
    expect(sale?.[9]).toBe('0.20')
    const given = lines.find((line) => line[1] === 'Refund')
    expect([given?.[2], given?.[4], given?.[14]]).toEqual([refund, '30.00', order])
  })

  test('comes plain as well', async () => {
    expect((await settle(day, '0')).response.DetailRecords).toContain(`|Sale|${order}|`)
  })

  test('of a day without business says so, and of no day is refused', async () => {
    expect(await codeOf('2020/01/01')).toBe('E008')
    expect(await codeOf('2020/13/45')).toBe('APE009')
  })

  test('may be late, short, long, or off by a fen, and adds up all the same', async () => {
    await harness.fault('statement_late', null, 1)
    expect(await codeOf(day)).toBe('E007')
    expect((await withFault('statement_short')).lines).toHaveLength(2)
    const long = await withFault('statement_long')
    expect(long.lines).toHaveLength(4)
    expect(long.response.NumOfPayments).toBe('3')
    const off = await withFault('statement_off_by_a_fen')
    expect(off.response.SumOfPayAmount).toBe('100.02')
    expect((await linesOf(day)).response.SumOfPayAmount).toBe('100.01')
  })
})
