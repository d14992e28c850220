import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { newBill, newNumber } from '../support/fixtures.js'
import { read } from '../support/oauth-client.js'
import { PayerApp } from '../support/payer-app.js'
import { apiBase, simulatorBase } from '../support/platform.js'
import { until } from '../support/until.js'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 360, height: 740 }
/** To look at what a payer sees: SCREENSHOTS=folder npx jest payer-consent */
const SCREENSHOTS = process.env.SCREENSHOTS
const EVERYTHING = 'bills:read:own payments:read:own refunds:read:own payers:read:own'

// CI installs Chromium, so there its absence is a failure and not a reason to skip.
const canRun = existsSync(CHROMIUM) || process.env.CI !== undefined
const describeInBrowser = canRun ? describe : describe.skip
if (!canRun) console.warn(`consent not tested: ${CHROMIUM} is missing (apt install chromium)`)

describeInBrowser('a payer who is asked for access', () => {
  let app: PayerApp
  let browser: Browser
  let context: BrowserContext
  let page: Page
  /** What no page may ever cause: a request elsewhere, a policy violation, an uncaught error. */
  let offences: string[]

  beforeAll(async () => {
    app = await PayerApp.start()
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })
  beforeEach(() => openContext({ viewport: DESKTOP }))
  afterEach(async () => {
    await context.close()
    expect(offences).toEqual([])
  })

  async function openContext(options: Parameters<Browser['newContext']>[0]): Promise<void> {
    await context?.close()
    context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options })
    offences = []
    const allowed = [apiBase(), simulatorBase(), new URL(app.redirectUri).origin]
    context.on('request', (request) => {
      const { origin } = new URL(request.url())
      if (!allowed.includes(origin)) offences.push(`request to ${request.url()}`)
      const { referer } = request.headers()
      if (referer && new URL(referer).origin !== origin) offences.push(`referrer ${referer}`)
    })
    context.on('weberror', (error) => offences.push(`uncaught ${error.error().message}`))
    context.on('console', (message) => {
      if (/content security policy|refused to/i.test(message.text())) offences.push(message.text())
    })
    page = await context.newPage()
  }

  async function newStudent(): Promise<{ payer: string; bill: string; number: string }> {
    const number = newNumber()
    const { id: payer } = await app.client.app.bursar.payers.create({
      ...{ kind: 'student', number_type: 'student_no', number, name: '张三丰' },
    })
    const { id: bill } = await newBill(app.client.app, { payer })
    return { payer, bill, number }
  }

  async function signIn(student: string): Promise<void> {
    await page.locator('#number').fill(student)
    await page.locator('button[value="sign_in"]').click()
  }

  const allow = () => page.locator('button[value="allow"]').click()
  const backAtApp = async () => {
    await page.locator('#app').waitFor({ timeout: 10_000 })
    return new URL(page.url())
  }

  async function expectNoSideways(): Promise<void> {
    const root = 'document.documentElement'
    const excess = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`)
    expect(excess).toBeLessThanOrEqual(0)
  }

  async function picture(name: string): Promise<void> {
    await expectNoSideways()
    if (!SCREENSHOTS) return
    await mkdir(SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
  }

  const see = (path: string, token: string) => read(`/v1${path}`, `Bearer ${token}`)

  test('signs in, allows, and the app sees that payer’s bills until the payer takes it back', async () => {
    const student = await newStudent()
    const other = await newStudent()
    const asking = await app.ask(EVERYTHING)
    await page.goto(asking.url.href)
    expect(page.url()).toContain(simulatorBase())
    await signIn(student.number)
    const consent = await page.locator('main').textContent()
    for (const words of ['Sandbox app', '查看您的缴费单', '查看您的付款记录', '张*丰']) {
      expect(consent).toContain(words)
    }
    expect(await page.locator('.test-banner').textContent()).toContain('测试模式')
    await allow()
    const tokens = await app.redeem(asking, await backAtApp())
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: EVERYTHING })
    expect(tokens.refresh_token).toBeUndefined()
    const token = tokens.access_token

    expect((await see(`/bills/${student.bill}`, token)).json).toMatchObject({ id: student.bill })
    expect((await see(`/bills/${other.bill}`, token)).status).toBe(404)
    expect((await see('/bills', token)).json.data).toMatchObject([{ id: student.bill }])
    expect((await see(`/bills?payer=${other.payer}`, token)).json.data).toEqual([])
    expect((await see('/payers/me', token)).json).toMatchObject({ id: student.payer })
    expect((await see(`/payers/${other.payer}`, token)).status).toBe(404)
    expect((await see('/payments', token)).json.data).toEqual([])
    expect((await see('/refunds', token)).json.data).toEqual([])
    expect((await see('/fee_items', token)).json).toMatchObject({ code: 'scope_missing' })

    await page.goto(`${apiBase()}/payer/grants`)
    expect(await page.locator('.grant').textContent()).toContain('Sandbox app')
    await page.locator('.grant button').click()
    await page.getByRole('status').waitFor()
    const refused = await until(
      () => see('/bills', token),
      ({ status }) => status === 401,
      5_000,
    )
    expect(refused.status).toBe(401)
  }, 60_000)

  test.each([
    ['zh-CN', 'desktop', DESKTOP],
    ['zh-CN', 'phone', PHONE],
    ['en-GB', 'desktop', DESKTOP],
    ['en-GB', 'phone', PHONE],
  ])(
    'reads every page in %s on a %s',
    async (locale, device, viewport) => {
      await openContext({ viewport, locale })
      const name = (what: string) => `${what}-${locale}-${device}`
      const isLanguage = async () =>
        expect(await page.getAttribute('html', 'lang')).toBe(locale === 'zh-CN' ? 'zh-CN' : 'en')
      const student = await newStudent()
      await page.goto((await app.ask(EVERYTHING)).url.href)
      await isLanguage()
      await picture(name('campus'))
      await signIn(newNumber())
      await page.locator('h1').waitFor()
      await isLanguage()
      await picture(name('unknown'))
      await page.goto((await app.ask('bills:read:own payers:read:own')).url.href)
      await signIn(student.number)
      await page.locator('button[value="allow"]').waitFor()
      await isLanguage()
      await picture(name('consent'))
      await allow()
      await backAtApp()
      await page.goto((await app.ask(EVERYTHING)).url.href)
      await page.locator('.is-allowed').waitFor()
      await picture(name('consent-more'))
      await page.goto(`${apiBase()}/payer/grants`)
      await isLanguage()
      await picture(name('grants'))
      await page.locator('.grant button').click()
      await page.getByRole('status').waitFor()
      await picture(name('grants-none'))
      await page.locator('.signed-in button').click()
      await page.locator('.mark-success').waitFor()
      await picture(name('signed-out'))
      await page.goto(`${app.config.serverMetadata().authorization_endpoint}?client_id=x`)
      await picture(name('bad-request'))
    },
    60_000,
  )

  test('answers with the keyboard alone, and is sent back', async () => {
    const student = await newStudent()
    const asking = await app.ask(EVERYTHING)
    await page.goto(asking.url.href)
    await page.locator('#number').fill(student.number)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('button[value="refuse"]').focus()
    await page.keyboard.press('Enter')
    const back = await backAtApp()
    expect(back.searchParams.get('error')).toBe('access_denied')
  }, 60_000)
})
