import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Harness, newNo, payReq, startHarness } from './abc-merchant.harness.js'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

/** Places an order; answers its number and its page at the running simulator. */
const placed = async (
  changes: Record<string, unknown> = {},
  request: Record<string, unknown> = {},
) => {
  const no = newNo()
  const answer = await harness.call({ ...payReq(no, harness.receiver.url, changes), ...request })
  const { PaymentURL, QRCode } = answer.response
  const url = (PaymentURL ?? QRCode ?? '').replace('http://localhost:3100', harness.base())
  return { no, url, address: PaymentURL ?? QRCode ?? '' }
}
const submit = (url: string, fields: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields) })

describe('the page of the simulated bank', () => {
  test('shows the order in the language asked for, and runs no script', async () => {
    const { url, no } = await placed({ OrderDesc: `<script>x</script>学费` })
    const response = await fetch(url)
    const page = await response.text()
    expect(page).toContain('<html lang="zh-CN">')
    expect(page).toContain('10.00')
    expect(page).toContain(no)
    expect(page).toContain('示范大学')
    expect(page).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline')
    expect(await (await fetch(`${url}?lang=en`)).text()).toContain('Agricultural Bank of China')
    const css = await fetch(`${harness.base()}/abc/pay/assets/phone.css`)
    expect(css.headers.get('content-type')).toContain('text/css')
  })

  test('pays, and sends the browser back to the merchant', async () => {
    const { url, no } = await placed()
    const page = await (await submit(url, { action: 'pay', notify: 'normal', lang: 'zh' })).text()
    expect(page).toContain('支付成功')
    expect(page).toContain('url=http://localhost:3000/paid')
    expect(await harness.receiver.waitFor(no, 1)).toHaveLength(1)
  })

  test('sends a payer who was refused, or left, to the other address', async () => {
    const { url } = await placed()
    const page = await (await submit(url, { action: 'refuse' })).text()
    expect(page).toContain('url=http://localhost:3000/unpaid')
    expect((await submit(url, { action: 'pay' })).status).toBe(409)
  })

  test('lets the browser carry the notification when the merchant wants it so', async () => {
    const { url, no } = await placed({}, { NotifyType: '0' })
    const page = await (await submit(url, { action: 'pay' })).text()
    const [, MSG = ''] = /name="MSG" value="([^"]+)"/.exec(page) ?? []
    expect(page).toContain(`action="${harness.receiver.url}"`)
    await submit(harness.receiver.url, { MSG })
    const [notice] = await harness.receiver.waitFor(no, 1)
    expect(notice?.is_signed).toBe(true)
  })

  test('opens from a scanned code, which brings nobody back', async () => {
    const { url, address } = await placed({}, { TrxType: 'OLScanPayOrderReq' })
    const scanned = await fetch(
      `${harness.base()}/abc/phone?${new URLSearchParams({ code_url: address })}`,
      { redirect: 'manual' },
    )
    expect(url.endsWith(scanned.headers.get('location') ?? 'nowhere')).toBe(true)
    expect(await (await submit(url, { action: 'pay' })).text()).not.toContain('http-equiv')
  })

  test('says that there is no such order, and refuses a form it does not understand', async () => {
    expect((await fetch(`${harness.base()}/abc/pay/nobody`)).status).toBe(404)
    const { url } = await placed()
    expect((await submit(url, { action: 'steal' })).status).toBe(400)
  })

  test('can be opened by the control, as a browser would', async () => {
    const { address } = await placed()
    const open = (url: string) => harness.control('/orders/open', { url })
    expect((await open(address)).status).toBe(200)
    expect((await open('http://localhost:3100/abc/pay/nobody')).status).toBe(409)
    expect((await open('weixin')).status).toBe(400)
  })
})
