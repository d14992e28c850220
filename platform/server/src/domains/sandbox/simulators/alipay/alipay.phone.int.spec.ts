import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Harness } from './alipay-merchant.harness.js'

let harness: Harness
beforeAll(async () => {
  harness = await Harness.start()
})
afterAll(() => harness.stop())

const phoneOf = async (no: string, changes: object = {}) => {
  const { qr_code } = await harness.precreate(no, changes)
  return `${harness.origin}/alipay/phone/${String(qr_code).split('/').at(-1)}`
}
const send = (url: string, fields: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields) })

describe('the phone page', () => {
  test('shows the order in the language asked for, and to look at it is to scan it', async () => {
    const url = await phoneOf('p1')
    const chinese = await (await fetch(url)).text()
    expect(chinese).toContain('<html lang="zh-CN">')
    expect(chinese).toContain('支付宝（模拟）')
    expect(chinese).toContain('100.00')
    expect(await (await fetch(`${url}?lang=en`)).text()).toContain('Alipay (simulated)')
    expect(await harness.query('p1')).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' })
  })

  test('escapes what the merchant wrote, and allows no script at all', async () => {
    const response = await fetch(await phoneOf('p2', { subject: `<b onclick="x">'` }))
    expect(await response.text()).not.toContain('<b onclick')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe-inline')
  })

  test('is found by what is in the QR code, as a camera finds it', async () => {
    const { qr_code } = await harness.precreate('p5')
    const query = new URLSearchParams({ code_url: String(qr_code), lang: 'en' })
    const url = `${harness.origin}/alipay/phone?${query}`
    const response = await fetch(url, { redirect: 'manual' })
    const path = `/alipay/phone/${String(qr_code).split('/').at(-1)}?lang=en`
    expect(response.headers.get('location')).toBe(path)
    expect((await fetch(`${harness.origin}/alipay/phone?code_url=`)).status).toBe(404)
    expect((await fetch(`${harness.origin}/alipay/phone`)).status).toBe(400)
  })

  test('pays, and says so', async () => {
    const response = await send(await phoneOf('p3'), { action: 'pay', notify: 'lost' })
    expect(await response.text()).toContain('支付成功')
    expect(await harness.query('p3')).toMatchObject({ trade_status: 'TRADE_SUCCESS' })
  })

  test('of a code that nobody issued is not there', async () => {
    expect((await fetch(`${harness.origin}/alipay/phone/baxnobody`)).status).toBe(404)
  })

  test('explains a play that is not possible any more', async () => {
    const url = await phoneOf('p4')
    await harness.play('p4', 'pay')
    expect((await send(url, { action: 'refuse' })).status).toBe(409)
  })
})

describe('the checkout page', () => {
  const arrive = async (method: string, no: string, changes: object = {}) => {
    const response = await fetch(harness.pageUrl(method, no, changes), { redirect: 'manual' })
    return harness.origin + String(response.headers.get('location'))
  }

  test('brings a payer who has paid back to the merchant, with Alipay’s word for it', async () => {
    const url = await arrive('alipay.trade.page.pay', 'c1')
    await send(url, { action: 'pay', notify: 'lost' })
    const page = await (await fetch(`${url}?done=pay`)).text()
    const back = /href="(http:\/\/localhost:3000\/pay\/return[^"]+)"/.exec(page)?.[1] ?? ''
    const fields = Object.fromEntries(new URL(back.replaceAll('&#38;', '&')).searchParams)
    expect(fields).toMatchObject({ from: 'alipay', out_trade_no: 'c1', total_amount: '100.00' })
    const { from: _, ...signed } = fields
    expect(harness.sdk.checkNotifySignV2(signed)).toBe(true)
    expect(page).toContain('http-equiv="refresh"')
  })

  test('on a phone leads back without paying, too', async () => {
    const quit_url = 'http://localhost:3000/pay/quit'
    const url = await arrive('alipay.trade.wap.pay', 'c2', { quit_url })
    expect(await (await fetch(url)).text()).toContain(`href="${quit_url}"`)
  })
})
