import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DEFAULT_ALIPAY_TIMING } from './alipay.timing.js'
import { APP_ID, Harness, MERCHANT_ID } from './alipay-merchant.harness.js'

const QUIET_MS = 300

let harness: Harness
beforeAll(async () => {
  harness = await Harness.start({ duplicateMs: 50, lateMs: 600 })
})
afterAll(() => harness.stop())

const isGenuine = (fields: Record<string, string>) => harness.sdk.checkNotifySignV2({ ...fields })
const paid = async (no: string, notify: string) => {
  await harness.precreate(no)
  await harness.play(no, 'pay', notify)
}

describe('a notification', () => {
  test('is signed, and says what a query says', async () => {
    await paid('n1', 'normal')
    const [notice] = await harness.receiver.waitFor('n1', 1)
    const trade = await harness.query('n1')
    expect(notice).toMatchObject({
      notify_type: 'trade_status_sync',
      trade_status: 'TRADE_SUCCESS',
      app_id: APP_ID,
      seller_id: MERCHANT_ID,
      sign_type: 'RSA2',
      trade_no: trade.trade_no,
      total_amount: '100.00',
      gmt_payment: trade.send_pay_date,
    })
    expect(notice && isGenuine(notice)).toBe(true)
    expect(notice && isGenuine({ ...notice, total_amount: '1.00' })).toBe(false)
  })

  test('comes again until the answer is exactly “success”, under the same id', async () => {
    harness.receiver.answers.push('fail', 'success\n')
    await paid('n2', 'normal')
    const notices = await harness.receiver.waitFor('n2', 3)
    expect(new Set(notices.map((notice) => notice.notify_id)).size).toBe(1)
    await sleep(QUIET_MS)
    expect(harness.receiver.of('n2')).toHaveLength(3)
    const { json } = await harness.control(`/orders/${MERCHANT_ID}/n2`)
    expect(json.notifications).toMatchObject([{ status: 'delivered' }])
  })

  test('is given up after the last time', async () => {
    harness.receiver.answers.push('fail', 'fail', 'fail')
    await paid('n3', 'normal')
    await harness.receiver.waitFor('n3', 3)
    await sleep(QUIET_MS)
    expect(harness.receiver.of('n3')).toHaveLength(3)
    const { json } = await harness.control(`/orders/${MERCHANT_ID}/n3`)
    expect(json.notifications).toMatchObject([{ status: 'given_up' }])
  })

  test('follows Alipay’s own times unless a test shortens them', () => {
    const minutes = DEFAULT_ALIPAY_TIMING.resendSeconds.map((seconds) => seconds / 60)
    expect(minutes).toEqual([4, 10, 10, 60, 120, 360, 900])
  })

  test('may be lost, late, or come twice', async () => {
    await paid('n4', 'lost')
    await paid('n6', 'duplicate')
    const twice = await harness.receiver.waitFor('n6', 2)
    expect(twice[0]).toEqual(twice[1])
    const startedAt = Date.now()
    await paid('n5', 'late')
    await harness.receiver.waitFor('n5', 1)
    expect(Date.now() - startedAt).toBeGreaterThan(500)
    expect(harness.receiver.of('n4')).toHaveLength(0)
  })

  test('may wait for the next event of its order', async () => {
    await paid('n7', 'reordered')
    await sleep(QUIET_MS)
    expect(harness.receiver.of('n7')).toHaveLength(0)
    await harness.play('n7', 'pay', 'normal')
    await harness.receiver.waitFor('n7', 2)
  })

  test('may be forged, or a copy without its signature, and is then not insisted on', async () => {
    harness.receiver.answers.push('fail', 'fail')
    await paid('n8', 'forged')
    await paid('n9', 'probe')
    const [forged] = await harness.receiver.waitFor('n8', 1)
    const [probe] = await harness.receiver.waitFor('n9', 1)
    expect(forged && isGenuine(forged)).toBe(false)
    expect(probe).not.toHaveProperty('sign')
    await sleep(QUIET_MS)
    expect(harness.receiver.of('n8')).toHaveLength(1)
  })

  test('may name another amount or another seller, truly signed', async () => {
    await paid('n10', 'wrong_amount')
    await paid('n11', 'wrong_merchant')
    const [amount] = await harness.receiver.waitFor('n10', 1)
    const [merchant] = await harness.receiver.waitFor('n11', 1)
    expect(amount).toMatchObject({ total_amount: '100.01' })
    expect(merchant?.seller_id).not.toBe(MERCHANT_ID)
    expect(amount && merchant && isGenuine(amount) && isGenuine(merchant)).toBe(true)
  })

  test('is what a fault of the order makes of it', async () => {
    await harness.precreate('n12')
    await harness.fault('notify_lost', 'n12', 1)
    await harness.play('n12', 'pay', 'normal')
    await sleep(QUIET_MS)
    expect(harness.receiver.of('n12')).toHaveLength(0)
  })
})
