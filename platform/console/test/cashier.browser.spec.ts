import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { openView, wirePayment } from './cashier.fixture.js'
import { CashierFakeServer, type WirePayment, type WireView } from './cashier-fake.server.js'

/** Jest's set-up has built it, for every run that comes to a browser. */
const DIST = resolve(import.meta.dirname, '../dist')
const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** To look at what a payer sees: SCREENSHOTS=folder npx jest cashier.browser */
const SCREENSHOTS = process.env.SCREENSHOTS
const FIRST_LOAD_BYTES_MAX = 100_000
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1'
const WECHAT = `${IPHONE} MicroMessenger/8.0.50`
const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 360, height: 740 }

// CI installs Chromium, so there its absence is a failure and not a reason to skip.
const canRun = existsSync(CHROMIUM) || process.env.CI !== undefined
const describeInBrowser = canRun ? describe : describe.skip
if (!canRun)
  console.warn(`cashier pages not tested: ${CHROMIUM} is missing (apt-get install chromium)`)

describeInBrowser('the cashier page in a browser', () => {
  let browser: Browser
  let fake: CashierFakeServer
  let context: BrowserContext
  let page: Page
  /** What no page may ever cause: a request elsewhere, a policy violation, an uncaught error. */
  let offences: string[]

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
  })

  beforeEach(async () => {
    fake = new CashierFakeServer(DIST)
    await fake.start()
    await openContext({ viewport: DESKTOP })
  })

  afterEach(async () => {
    await context.close()
    await fake.stop()
    expect([...offences, ...fake.referrers]).toEqual([])
  })

  async function openContext(options: Parameters<Browser['newContext']>[0]): Promise<void> {
    await context?.close()
    context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options })
    offences = []
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (origin !== fake.origin && protocol !== 'blob:')
        offences.push(`request to ${request.url()}`)
    })
    context.on('weberror', (error) => offences.push(`uncaught ${error.error().message}`))
    context.on('console', (message) => {
      if (/content security policy/i.test(message.text())) offences.push(message.text())
    })
    page = await context.newPage()
  }

  function serve(changes: Partial<WireView> = {}): WireView {
    const view = openView(fake, changes)
    fake.views.set('tok', view)
    return view
  }

  const open = (query = '') => page.goto(`${fake.origin}/cashier/tok${query}`)
  const stage = (name: string) =>
    page.locator(`main[data-stage="${name}"]`).waitFor({ timeout: 8_000 })
  const text = () => page.locator('#root').textContent()
  async function picture(name: string): Promise<void> {
    if (!SCREENSHOTS) return
    await mkdir(SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
  }
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')

  describe('what is paid', () => {
    test('names institution, department, title, lines and the exact amount in Chinese', async () => {
      serve({ amount: 680_001, livemode: true })
      await open()
      await stage('choose')
      expect(await page.locator('h1').textContent()).toBe('2026–2027 学年学费与住宿费')
      expect(await page.locator('.summary-amount').textContent()).toBe('¥6,800.01')
      expect(await text()).toMatch(/江南理工大学[\s\S]*财务处[\s\S]*¥5,600\.00[\s\S]*张\*\*/)
      expect(await page.getAttribute('html', 'lang')).toBe('zh-CN')
      expect(await text()).not.toContain('测试模式')
    })

    test('speaks English when the address asks for it, and remembers a switch', async () => {
      serve()
      await open('?lang=en')
      await stage('choose')
      expect(await page.getAttribute('html', 'lang')).toBe('en')
      expect(await text()).toContain('Amount due')
      await page.getByRole('button', { name: '中文' }).click()
      expect(await text()).toContain('应付金额')
      expect(page.url()).toContain('lang=zh')
      await open()
      await stage('choose')
      expect(await page.getAttribute('html', 'lang')).toBe('zh-CN')
    })

    test('takes the language of the browser when nobody chose', async () => {
      await openContext({ viewport: DESKTOP, locale: 'en-GB' })
      serve()
      await open()
      await stage('choose')
      expect(await page.getAttribute('html', 'lang')).toBe('en')
    })

    test('says on every screen that it is a test', async () => {
      const view = serve()
      await open()
      await stage('choose')
      await page.getByRole('note').getByText('测试模式').waitFor()
      Object.assign(view, { status: 'paid', paid_at: fake.now() })
      await stage('paid')
      expect(await text()).toContain('没有真实扣款')
      await page.getByRole('note').getByText('测试模式').waitFor()
    })
  })

  describe('paying', () => {
    test('goes from one tap to the code to paid by itself, and puts the focus on each', async () => {
      const view = serve({ return_url: 'https://baoming.example.edu/orders/1' })
      fake.onPay = (target) => {
        Object.assign(target, { status: 'paying', payment: wirePayment() })
        return null
      }
      await open()
      await page.getByRole('button', { name: '用微信付款 ¥6,800.00' }).click()
      await stage('scan')
      expect(fake.pays).toEqual(['wechatpay/native'])
      await page.getByAltText('付款二维码，请用微信扫描').waitFor()
      expect(await focused()).toBe('微信扫码支付')
      const phone = page.getByRole('link', { name: '打开模拟手机付款' })
      expect(await phone.getAttribute('rel')).toBe('noopener noreferrer')

      const succeeded = wirePayment({ status: 'succeeded' })
      Object.assign(view, {
        status: 'paid',
        paid_at: '2026-11-22T08:03:25.120Z',
        payment: succeeded,
      })
      await stage('paid')
      expect(await focused()).toBe('支付成功')
      expect(await page.locator('.panel').textContent()).toMatch(
        /¥6,800\.00[\s\S]*2026-11-22 16:03:25[\s\S]*微信支付[\s\S]*BILL20261122000318/,
      )
      const back = page.getByRole('link', { name: '返回 baoming.example.edu' })
      expect(await back.getAttribute('href')).toBe('https://baoming.example.edu/orders/1')
      expect(await page.title()).toContain('支付成功')
      const readCount = fake.readCount
      await page.waitForTimeout(2_600)
      expect(fake.readCount).toBe(readCount)
    })

    test('works by keyboard alone', async () => {
      serve({ channels: ['alipay', 'wechatpay'].map((code) => ({ code, methods: ['native'] })) })
      fake.onPay = (target, { channel }) => {
        Object.assign(target, { status: 'paying', payment: wirePayment({ channel }) })
        return null
      }
      await open()
      await stage('choose')
      for (let presses = 0; presses < 10; presses += 1) {
        await page.keyboard.press('Tab')
        if ((await focused()) === '微信支付') break
      }
      await page.keyboard.press('Enter')
      await stage('scan')
      expect(fake.pays).toEqual(['wechatpay/native'])
    })

    test('tells why a payment was refused, and the next try goes through', async () => {
      serve()
      fake.onPay = () => ({
        status: 409,
        code: 'channel_unavailable',
        detail: '微信支付正在维护。',
      })
      await open()
      await page.locator('.button-primary').click()
      await page.getByRole('alert').getByText('微信支付正在维护。').waitFor()
      fake.onPay = (target) => {
        Object.assign(target, { status: 'paying', payment: wirePayment() })
        return null
      }
      await page.locator('.button-primary').click()
      await stage('scan')
      expect(await page.getByRole('alert').count()).toBe(0)
      expect(fake.pays).toHaveLength(2)
    })

    test('a payment that failed at the channel can be tried again', async () => {
      const failed = wirePayment({ status: 'failed', failure_message: '余额不足' })
      serve({ payment: failed })
      fake.onPay = (target) => {
        Object.assign(target, { status: 'paying', payment: wirePayment({ id: 'pay_2' }) })
        return null
      }
      await open()
      await stage('failed')
      expect(await text()).toContain('余额不足')
      await page.locator('.button-primary').click()
      await stage('scan')
    })

    test('while the channel has not answered it asks not to pay again and offers no way to', async () => {
      const view = serve({ status: 'paying', payment: wirePayment() })
      await open()
      await stage('scan')
      view.payment = wirePayment({ status: 'processing', action: null })
      await stage('processing')
      expect(await text()).toContain('请不要再次付款')
      expect(await page.locator('main button, main img').count()).toBe(0)
      expect(await focused()).toBe('正在确认付款结果')
    })

    test('offers to load the code again when it did not load', async () => {
      fake.isQrBroken = true
      serve({ status: 'paying', payment: wirePayment() })
      await open()
      await page.getByText('付款码没有加载出来').waitFor()
      fake.isQrBroken = false
      await page.getByRole('button', { name: '重新加载' }).click()
      await page.locator('.qr[data-ready="true"]').waitFor()
    })

    test('another channel can be chosen instead of the code that is shown', async () => {
      const channels = ['wechatpay', 'alipay'].map((code) => ({ code, methods: ['native'] }))
      serve({ status: 'paying', payment: wirePayment(), channels })
      fake.onPay = (target, { channel }) => {
        target.payment = wirePayment({ id: 'pay_2', channel })
        return null
      }
      await open()
      await page.getByRole('button', { name: '换一种支付方式' }).click()
      await page.getByRole('button', { name: '用支付宝付款 ¥6,800.00' }).click()
      await page.getByRole('heading', { name: '支付宝扫码支付' }).waitFor()
      expect(fake.pays).toEqual(['alipay/native'])
    })
  })

  describe('what the payer has to do', () => {
    const payment = (action: Record<string, unknown> | null, changes: Partial<WirePayment> = {}) =>
      wirePayment({ action, phone_url: null, ...changes })
    const redirect = () =>
      payment({ type: 'redirect', url: `${fake.origin}/cashier/provider/h5` }, { method: 'h5' })
    const everyWay = [
      { code: 'wechatpay', methods: ['native', 'h5'] },
      { code: 'alipay', methods: ['native', 'page', 'h5'] },
      { code: 'unionpay', methods: ['page'] },
      { code: 'abc', methods: ['page'] },
      { code: 'cash', methods: ['counter'] },
    ]

    test('on a phone is the page for phones: one tap leads there, and it learns our origin alone', async () => {
      await openContext({ viewport: PHONE, hasTouch: true, isMobile: true, userAgent: IPHONE })
      serve({ channels: everyWay })
      fake.onPay = (target) => {
        Object.assign(target, { status: 'paying', payment: redirect() })
        return null
      }
      await open()
      await stage('choose')
      await picture('phone-choose-many')
      await page.getByRole('button', { name: '用微信付款 ¥6,800.00' }).tap()
      await page.getByRole('heading', { name: 'provider' }).waitFor()
      expect(fake.pays).toEqual(['wechatpay/h5'])
      expect(fake.visits).toEqual([`GET h5 ${fake.origin}/`])
    })

    test('is not left by itself when the payer comes back, but by the button', async () => {
      serve({ status: 'paying', payment: redirect(), channels: everyWay })
      await open()
      await stage('leave')
      await picture('desktop-leave')
      await page.waitForTimeout(500)
      expect(fake.visits).toEqual([])
      await page.getByRole('link', { name: '前往微信付款' }).click()
      await page.getByRole('heading', { name: 'provider' }).waitFor()
      expect(fake.visits).toEqual([`GET h5 ${fake.origin}/`])
    })

    test('by a form leads through the page of ours that sends it', async () => {
      serve({ channels: [{ code: 'unionpay', methods: ['page'] }] })
      fake.onPay = (target) => {
        const action = { type: 'submit_form', url: '/cashier/provider/go' }
        const changes = { channel: 'unionpay', method: 'page' }
        Object.assign(target, { status: 'paying', payment: payment(action, changes) })
        return null
      }
      await open()
      await page.locator('.button-primary').click()
      await page.getByRole('heading', { name: 'provider' }).waitFor()
      expect([fake.pays, fake.visits]).toEqual([['unionpay/page'], [`GET go ${fake.origin}/`]])
    })

    test('inside WeChat is its bridge, whose word is not taken for a payment', async () => {
      await openContext({ viewport: PHONE, hasTouch: true, isMobile: true, userAgent: WECHAT })
      await page.addInitScript(() => {
        const asked: unknown[] = []
        Object.assign(window, {
          asked,
          WeixinJSBridge: {
            invoke(name: string, parameters: unknown, answer: (result: object) => void) {
              asked.push([name, parameters])
              const verdict = asked.length === 1 ? 'cancel' : 'ok'
              answer({ err_msg: `get_brand_wcpay_request:${verdict}` })
            },
          },
        })
      })
      const parameters = { appId: 'wx1', package: 'prepay_id=1', paySign: 's' }
      const view = serve({
        status: 'paying',
        payment: payment({ type: 'invoke_jsapi', parameters }, { method: 'jsapi' }),
      })
      await open()
      await stage('bridge')
      await picture('phone-bridge')
      await page.getByRole('button', { name: '立即支付' }).tap()
      await page.getByText('您取消了付款').waitFor()
      await picture('phone-bridge-cancelled')
      await page.getByRole('button', { name: '立即支付' }).tap()
      expect(await page.evaluate('window.asked')).toEqual([
        ['getBrandWCPayRequest', parameters],
        ['getBrandWCPayRequest', parameters],
      ])
      await stage('bridge')
      Object.assign(view, { status: 'paid', paid_at: fake.now() })
      await stage('paid')
    })

    test('outside the app says where to open it', async () => {
      serve({ status: 'paying', payment: payment({ type: 'invoke_jsapi', parameters: {} }) })
      await open()
      await page.getByRole('button', { name: '立即支付' }).click()
      await page.getByText('只能在微信中付款').waitFor({ timeout: 8_000 })
      await picture('desktop-bridge-absent')
    })

    test('at the counter is a number, read out digit by digit', async () => {
      const action = { type: 'pay_at_counter', counter_no: '482913' }
      serve({
        status: 'paying',
        payment: payment(action, { channel: 'cash', method: 'counter' }),
        channels: everyWay,
      })
      await open()
      await stage('counter')
      expect(await page.locator('.counter-number').textContent()).toContain('4 8 2 9 1 3')
      await picture('desktop-counter')
    })

    test('by campus card is a PIN, which may be wrong', async () => {
      await openContext({ viewport: PHONE, hasTouch: true })
      const changes = { channel: 'campus_card', method: 'wallet' }
      serve({ status: 'paying', payment: payment({ type: 'enter_pin' }, changes) })
      fake.onConfirm = (target, pin) => {
        if (pin !== '314159') {
          return { status: 409, code: 'wallet_pin_wrong', detail: 'The PIN is wrong.' }
        }
        Object.assign(target, { status: 'paid', paid_at: fake.now() })
        return null
      }
      await open()
      await stage('pin')
      await picture('phone-pin')
      // What the page promises must be true on the one screen that asks for a secret.
      expect(await text()).not.toContain('不会索要您的密码')
      const pin = page.getByLabel('校园卡支付密码')
      await pin.pressSequentially('12a345')
      expect(await page.getByRole('button', { name: '立即支付' }).isDisabled()).toBe(true)
      await pin.pressSequentially('6')
      await page.getByRole('button', { name: '立即支付' }).click()
      await page.getByRole('alert').getByText('支付密码不正确').waitFor()
      expect(await pin.inputValue()).toBe('')
      await picture('phone-pin-wrong')
      await pin.pressSequentially('314159')
      await page.keyboard.press('Enter')
      await stage('paid')
    })

    test('elsewhere is waited for', async () => {
      serve({ status: 'paying', payment: payment({ type: 'telepathy' }) })
      await open()
      await stage('waiting')
      await picture('desktop-waiting')
    })

    test('may be exchanged; a change that is refused says why and keeps the old way', async () => {
      serve({ status: 'paying', payment: wirePayment(), channels: everyWay })
      fake.onPay = () => ({
        status: 409,
        code: 'payment_change_under_way',
        detail: 'Another change of this payment is under way.',
      })
      await open()
      await stage('scan')
      await page.getByRole('button', { name: '换一种支付方式' }).click()
      await picture('desktop-other-ways')
      await page.getByRole('button', { name: '用支付宝付款' }).click()
      await page.getByRole('alert').getByText('正在更换支付方式').waitFor()
      await page.waitForTimeout(2_600)
      expect(await page.getByRole('alert').count()).toBe(1)
      await picture('desktop-change-refused')
      fake.onPay = (target, { channel, method }) => {
        target.payment = payment(null, { channel, method })
        return null
      }
      await page.getByRole('button', { name: '换一种支付方式' }).click()
      await page.getByRole('button', { name: '用云闪付付款' }).click()
      await page.getByText('正在连接云闪付').waitFor()
      await picture('desktop-preparing-page')
      expect(await page.getByRole('alert').count()).toBe(0)
    })

    test('between two orders is to choose again', async () => {
      serve({ status: 'open', payment: payment(null), channels: everyWay })
      await open()
      await stage('choose')
      expect(await page.locator('.channel').count()).toBe(5)
      await picture('desktop-choose-many')
    })
  })

  describe('the end of the time to pay', () => {
    test('is shown when the server says so', async () => {
      serve({ status: 'expired', return_url: 'https://baoming.example.edu/' })
      await open()
      await stage('expired')
      expect(await text()).toContain('已超过付款时间')
      expect(await page.locator('main button').count()).toBe(0)
      await page.getByRole('link', { name: '返回 baoming.example.edu' }).waitFor()
    })

    test('takes the code away by itself, yet still shows a payment that made it', async () => {
      const view = serve({ status: 'paying', payment: wirePayment(), expires_at: fake.now(2_000) })
      await open()
      await stage('scan')
      await stage('expired')
      expect(await page.locator('.qr').count()).toBe(0)
      Object.assign(view, { status: 'paid', paid_at: fake.now() })
      await stage('paid')
    })

    test('is counted by the server clock where the device clock is two hours off', async () => {
      fake.clockOffsetMs = 7_200_000
      serve({ expires_at: fake.now(10 * 60_000) })
      await open()
      await stage('choose')
      expect(await page.getByRole('timer').textContent()).toMatch(/(10:00|09:5\d)$/)
    })

    test('a closed order says who to ask', async () => {
      serve({ status: 'closed' })
      await open()
      await stage('closed')
      expect(await text()).toContain('请联系收款单位')
    })
  })

  describe('when something is wrong', () => {
    test('an unknown link says what to do and stops asking', async () => {
      await open()
      await stage('not_found')
      expect(await text()).toContain('找不到这笔缴费')
      const readCount = fake.readCount
      await page.waitForTimeout(2_600)
      expect(fake.readCount).toBe(readCount)
    })

    test('a server that is down at first is asked again', async () => {
      serve()
      fake.brokenStatus = 503
      await open()
      await stage('server')
      fake.brokenStatus = null
      await page.getByRole('button', { name: '立即重试' }).click()
      await stage('choose')
    })

    test('being offline is told, keeps the code, and ends by itself', async () => {
      const view = serve({ status: 'paying', payment: wirePayment() })
      await open()
      await stage('scan')
      await context.setOffline(true)
      await page.getByText('网络已断开').waitFor()
      expect(await page.locator('.qr[data-ready="true"]').count()).toBe(1)
      Object.assign(view, { status: 'paid', paid_at: fake.now() })
      await context.setOffline(false)
      await stage('paid')
      expect(await page.locator('.toast').count()).toBe(0)
    })

    test('a payment whose start got no answer is found by the next look', async () => {
      serve()
      fake.onPay = (target) => {
        Object.assign(target, { status: 'paying', payment: wirePayment() })
        fake.brokenStatus = 502
        return { status: 502, code: 'bad_gateway', detail: 'proxy' }
      }
      await open()
      await page.locator('.button-primary').click()
      await page.getByText('没有收到服务器的答复').waitFor()
      fake.brokenStatus = null
      await stage('scan')
      expect(fake.pays).toHaveLength(1)
    })
  })

  describe('on a narrow phone', () => {
    const states: [string, (server: CashierFakeServer) => Partial<WireView>][] = [
      ['choose', () => ({ channels: [{ code: 'wechatpay', methods: ['native'] }] })],
      ['scan', () => ({ status: 'paying', payment: wirePayment() })],
      ['processing', () => ({ payment: wirePayment({ status: 'processing' }) })],
      ['failed', () => ({ payment: wirePayment({ status: 'failed' }) })],
      [
        'leave',
        () => ({
          status: 'paying',
          payment: wirePayment({ action: { type: 'submit_form', url: '/cashier/provider/go' } }),
        }),
      ],
      [
        'bridge',
        () => ({
          status: 'paying',
          payment: wirePayment({ action: { type: 'invoke_jsapi', parameters: {} } }),
        }),
      ],
      [
        'pin',
        () => ({ status: 'paying', payment: wirePayment({ action: { type: 'enter_pin' } }) }),
      ],
      [
        'counter',
        () => ({
          status: 'paying',
          payment: wirePayment({
            action: { type: 'pay_at_counter', counter_no: '12345678901234567890123456789012' },
          }),
        }),
      ],
      ['paid', (server) => ({ status: 'paid', paid_at: server.now(), return_url: LONG_RETURN })],
      ['expired', () => ({ status: 'expired', return_url: LONG_RETURN })],
      ['closed', () => ({ status: 'closed' })],
    ]
    const LONG_RETURN = `https://${'registration-'.repeat(4)}office.example.edu/`

    test.each(states)(
      '%s fits 360 px in both languages, whatever the names',
      async (name, changes) => {
        await openContext({ viewport: PHONE, hasTouch: true })
        serve({
          title: 'Registration'.repeat(9),
          institution_name: 'International University of Extraordinarily Long Names',
          amount: 9_007_199_254_740_991,
          reference: `BILL${'0123456789'.repeat(4)}`,
          ...changes(fake),
        })
        for (const language of ['zh', 'en']) {
          await open(`?lang=${language}`)
          await stage(name)
          await picture(`narrow-${name}-${language}`)
          const width = await page.evaluate(() => document.documentElement.scrollWidth)
          expect(width).toBeLessThanOrEqual(PHONE.width)
        }
      },
    )

    test('saves the code as a picture', async () => {
      await openContext({ viewport: PHONE, hasTouch: true })
      serve({ status: 'paying', payment: wirePayment() })
      await open()
      await page.locator('.qr[data-ready="true"]').waitFor()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '保存二维码图片' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('BILL20261122000318.png')
      const picture = await readFile(await download.path())
      expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG')
    })
  })

  describe('how it loads', () => {
    test('nothing shifts from the first paint to the result', async () => {
      await page.addInitScript(() => {
        sessionStorage.setItem('shift', '0')
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const shift = 'value' in entry ? Number(entry.value) : 0
            sessionStorage.setItem('shift', String(Number(sessionStorage.getItem('shift')) + shift))
          }
        }).observe({ type: 'layout-shift', buffered: true })
      })
      const view = serve({ livemode: true, status: 'paying', payment: wirePayment() })
      await open()
      await page.locator('.qr[data-ready="true"]').waitFor()
      Object.assign(view, { status: 'paid', paid_at: fake.now() })
      await stage('paid')
      await page.waitForTimeout(300)
      const shift = await page.evaluate(() => Number(sessionStorage.getItem('shift') ?? 'none'))
      expect(shift).toBeLessThan(0.05)
    })

    test('stands still for those who asked for reduced motion', async () => {
      await openContext({ viewport: DESKTOP, reducedMotion: 'reduce' })
      serve({ status: 'paid', paid_at: fake.now() })
      await open()
      await stage('paid')
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
    })

    test('the first load brings less than 100 kB of script, gzipped', async () => {
      const html = await readFile(join(DIST, 'cashier.html'), 'utf8')
      const names = await readdir(join(DIST, 'assets'))
      const scripts = names.filter((name) => name.endsWith('.js'))
      expect(scripts.filter((name) => html.includes(`/cashier/assets/${name}`))).toHaveLength(1)
      const sources = await Promise.all(scripts.map((name) => readFile(join(DIST, 'assets', name))))
      const bytes = sources.reduce((sum, source) => sum + gzipSync(source).length, 0)
      expect(bytes).toBeGreaterThan(10_000)
      expect(bytes).toBeLessThan(FIRST_LOAD_BYTES_MAX)
    })

    test('the page itself holds no inline script, style or address of another host', async () => {
      const html = await readFile(join(DIST, 'cashier.html'), 'utf8')
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:\/\//i)
      expect(html).toContain('<meta name="referrer" content="no-referrer" />')
    })
  })
})

/** Builds the page as `npm run build` does, into a folder of this test's own. */
