import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Harness, startHarness } from './wechatpay-merchant.harness.js'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

async function codeUrl(outTradeNo: string, description = '学费'): Promise<string> {
  const body = harness.order(outTradeNo, { description })
  const answer = await harness.call('POST', '/v3/pay/transactions/native', body)
  return String(answer.body.code_url)
}

async function open(query: Record<string, string>): Promise<{ response: Response; html: string }> {
  const search = new URLSearchParams(query)
  const response = await fetch(`${harness.base}/wechatpay/phone?${search}`)
  return { response, html: await response.text() }
}

describe('the phone page', () => {
  test('shows the order behind a code_url in the language asked for', async () => {
    const code_url = await codeUrl('phone-show')
    const chinese = await open({ code_url })
    expect(chinese.html).toContain('<html lang="zh-CN">')
    expect(chinese.html).toContain('100.00')
    expect(chinese.html).toContain('phone-show')
    const english = await open({ pr: code_url.split('pr=')[1] ?? '', lang: 'en' })
    expect(english.html).toContain('Walk away')
  })

  test('escapes what the merchant wrote, and allows no script at all', async () => {
    const code_url = await codeUrl('phone-escape', `<script>alert("x")</script>'&`)
    const { response, html } = await open({ code_url })
    expect(html).not.toContain('<script')
    expect(html).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#39;&#38;')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe-inline')
    expect(html).not.toMatch(/ style="|<style| on\w+="/)
  })

  test('serves its style sheet', async () => {
    const response = await fetch(`${harness.base}/wechatpay/phone/assets/phone.css`)
    expect(response.headers.get('content-type')).toContain('text/css')
  })

  test('pays, and the result page says so', async () => {
    const code = (await codeUrl('phone-pay')).split('pr=')[1]
    const response = await fetch(`${harness.base}/wechatpay/phone/${code}`, {
      method: 'POST',
      body: new URLSearchParams({ action: 'pay', notify: 'normal', lang: 'zh' }),
    })
    expect(response.redirected).toBe(true)
    expect(await response.text()).toContain('支付成功')
    expect(await harness.receiver.waitFor('phone-pay', 1)).toHaveLength(1)
  })

  test('says that a code is unknown, and refuses a form it does not understand', async () => {
    expect((await open({ pr: 'nobody' })).response.status).toBe(404)
    const code = (await codeUrl('phone-form')).split('pr=')[1]
    const body = new URLSearchParams({ action: 'steal' })
    const url = `${harness.base}/wechatpay/phone/${code}`
    expect((await fetch(url, { method: 'POST', body })).status).toBe(400)
  })

  test('explains a play that is not possible any more', async () => {
    const code = (await codeUrl('phone-closed')).split('pr=')[1]
    await harness.close('phone-closed')
    const body = new URLSearchParams({ action: 'refuse' })
    const url = `${harness.base}/wechatpay/phone/${code}`
    expect((await fetch(url, { method: 'POST', body })).status).toBe(409)
  })
})
