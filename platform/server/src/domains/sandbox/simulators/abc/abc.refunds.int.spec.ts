import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  detailOf,
  type Harness,
  newNo,
  payReq,
  queryReq,
  refundReq,
  startHarness,
} from './abc-merchant.harness.js'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const paid = async () => {
  const no = newNo()
  await harness.call(payReq(no, harness.receiver.url))
  await harness.play(no, 'pay', 'lost')
  return no
}
const refund = (orderNo: string, refundNo: string, yuan: string) =>
  harness.call(refundReq(orderNo, refundNo, yuan))
const codeOf = async (orderNo: string, refundNo: string, yuan: string) =>
  (await refund(orderNo, refundNo, yuan)).response.ReturnCode
const settled = async (refundNo: string) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const detail = detailOf(await harness.call(queryReq(refundNo, 'Refund')))
    if (detail.Status !== '01') return detail
    await sleep(20)
  }
  throw new Error('the refund does not settle')
}

describe('a refund at the simulated bank', () => {
  test('is accepted, then paid out', async () => {
    const [order, no] = [await paid(), newNo()]
    const answer = await refund(order, no, '3.00')
    expect(answer).toMatchObject({
      is_signed: true,
      response: { ReturnCode: '0000', OrderNo: order, NewOrderNo: no, TrxAmount: '3.00' },
    })
    expect(await settled(no)).toMatchObject({
      ...{
        PayTypeID: 'Refund',
        OrderNo: no,
        OldOrderNo: order,
        RefundAmount: '3.00',
        Status: '04',
      },
      ...{ iRspRef: answer.response.iRspRef, HostDate: expect.any(String) },
    })
    expect(detailOf(await harness.call(queryReq(order))).Status).toBe('05')
  })

  test('never gives back more than was paid, however many come at once', async () => {
    const order = await paid()
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(order, newNo(), '3.00')))
    expect(codes.filter((code) => code === '0000')).toHaveLength(3)
    expect(codes.filter((code) => code === 'E005')).toHaveLength(3)
    expect(await codeOf(order, newNo(), '1.00')).toBe('0000')
    expect(await codeOf(order, newNo(), '0.01')).toBe('E005')
  })

  test('sent again is the same one, also at the same moment; with other words it is refused', async () => {
    const [order, no] = [await paid(), newNo()]
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(order, no, '6.00')))
    expect(codes).toEqual(['0000', '0000', '0000'])
    expect(await codeOf(order, no, '6.01')).toBe('E006')
    expect(await codeOf(order, newNo(), '4.00')).toBe('0000')
  })

  test('of what was never paid, or is not there, is refused', async () => {
    const unpaid = newNo()
    await harness.call(payReq(unpaid, harness.receiver.url))
    expect(await codeOf(unpaid, newNo(), '1.00')).toBe('E003')
    expect(await codeOf(newNo(), newNo(), '1.00')).toBe('E001')
    expect((await harness.call(queryReq(newNo(), 'Refund'))).response.ReturnCode).toBe('E001')
  })

  test('settles after a restart', async () => {
    const [order, no] = [await paid(), newNo()]
    await refund(order, no, '1.00')
    await harness.restart()
    expect((await settled(no)).Status).toBe('04')
  })
})

describe('faults of a refund', () => {
  test('no answer, before it was taken and after', async () => {
    const order = await paid()
    const [before, after] = [newNo(), newNo()]
    await harness.fault('timeout_before_acceptance', order, 1)
    await expect(refund(order, before, '1.00')).rejects.toThrow()
    await harness.fault('timeout_after_acceptance', order, 1)
    await expect(refund(order, after, '1.00')).rejects.toThrow()
    const missing = await harness.call(queryReq(before, 'Refund'))
    expect(missing.response.ReturnCode).toBe('E001')
    expect((await settled(after)).Status).toBe('04')
  })

  test('a result the bank does not know, of a refund that is given once', async () => {
    const [order, no] = [await paid(), newNo()]
    await harness.fault('result_unknown', order, 1)
    expect(await codeOf(order, no, '6.00')).toBe('EUNKWN')
    expect(await codeOf(order, no, '6.00')).toBe('0000')
    expect(await codeOf(order, newNo(), '6.00')).toBe('E005')
  })

  test('one that cannot be paid out stays without an answer of the host', async () => {
    const [order, no] = [await paid(), newNo()]
    await harness.fault('refund_abnormal', order, 1)
    expect(await codeOf(order, no, '6.00')).toBe('0000')
    const detail = await settled(no)
    expect(detail.Status).toBe('02')
    expect(detail.HostDate).toBeUndefined()
  })
})
