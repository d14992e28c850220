import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { type Harness, MERCHANT_ID, newNo, payReq, startHarness } from './abc-merchant.harness.js'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const placed = async (changes: Record<string, unknown> = {}, notifyType = '1') => {
  const no = newNo()
  const request = payReq(no, harness.receiver.url, changes)
  await harness.call({ ...request, NotifyType: notifyType })
  return no
}
const paid = async (notify: string, changes: Record<string, unknown> = {}) => {
  const no = await placed(changes)
  await harness.play(no, 'pay', notify)
  return no
}

describe('a notification of the simulated bank', () => {
  test('is signed XML that says what was paid', async () => {
    const no = await paid('normal')
    const [notice] = await harness.receiver.waitFor(no, 1)
    expect(notice?.is_signed).toBe(true)
    expect(notice?.xml).toMatch(/^<MSG><Message><TrxResponse><ReturnCode>0000<\/ReturnCode>/)
    expect(notice?.xml).toContain(`<MerchantID>${MERCHANT_ID}</MerchantID>`)
    expect(notice?.xml).toContain('<Amount>10.00</Amount>')
    expect(notice?.xml).toMatch(/<iRspRef>9RECEP\d{14}<\/iRspRef>/)
  })

  test('is sent again until it is heard, and not after', async () => {
    harness.receiver.answers.push(500, 302)
    const no = await paid('normal')
    expect(await harness.receiver.waitFor(no, 3)).toHaveLength(3)
    await sleep(300)
    expect(harness.receiver.of(no)).toHaveLength(3)
  })

  test('is given up at last', async () => {
    harness.receiver.answers.push(500, 500, 500)
    const no = await paid('normal')
    await harness.receiver.waitFor(no, 3)
    await sleep(300)
    const order = z
      .object({ notifications: z.array(z.object({ status: z.string() })) })
      .parse(await (await harness.control(`/orders/${MERCHANT_ID}/${no}`)).json())
    expect(order.notifications).toEqual([{ status: 'given_up' }])
  })

  test('is lost, or late, or comes twice', async () => {
    const [lost, twice] = [await paid('lost'), await paid('duplicate')]
    const startedAt = Date.now()
    const late = await paid('late')
    await harness.receiver.waitFor(late, 1)
    expect(Date.now() - startedAt).toBeGreaterThan(1_500)
    const [first, second] = await harness.receiver.waitFor(twice, 2)
    expect(second).toEqual(first)
    expect(harness.receiver.of(lost)).toHaveLength(0)
  })

  test('that waits for the next one follows it', async () => {
    const no = await paid('reordered')
    await sleep(200)
    expect(harness.receiver.of(no)).toHaveLength(0)
    await harness.play(no, 'pay', 'normal')
    expect(await harness.receiver.waitFor(no, 2)).toHaveLength(2)
  })

  test.each([
    ['forged', false, MERCHANT_ID, '10.00'],
    ['probe', false, MERCHANT_ID, '10.00'],
    ['wrong_amount', true, MERCHANT_ID, '10.01'],
    ['wrong_merchant', true, '103880000000001', '10.00'],
  ])('may be %s', async (notify, is_signed, merchant, amount) => {
    const [notice] = await harness.receiver.waitFor(await paid(notify), 1)
    expect(notice?.is_signed).toBe(is_signed)
    expect(notice?.xml).toContain(`<MerchantID>${merchant}</MerchantID>`)
    expect(notice?.xml).toContain(`<Amount>${amount}</Amount>`)
    expect(notice?.xml.includes('<Signature>')).toBe(notify !== 'probe')
  })

  test('obeys a fault that was set, and an amount that stands for one', async () => {
    const no = await placed()
    await harness.fault('notify_lost', no, 1)
    await harness.play(no, 'pay')
    const magic = await paid('normal', { OrderAmount: '9000.05' })
    const [notice] = await harness.receiver.waitFor(magic, 1)
    expect(notice?.is_signed).toBe(false)
    expect(harness.receiver.of(no)).toHaveLength(0)
  })

  test('is left to the browser when the merchant wants it so', async () => {
    const no = await placed({}, '0')
    await harness.play(no, 'pay')
    await sleep(200)
    expect(harness.receiver.of(no)).toHaveLength(0)
  })
})
