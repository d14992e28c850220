import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { apiBase } from '../support/platform.js'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
/** To look at what a reader sees: SCREENSHOTS=folder npx jest docs-site.browser */
const SCREENSHOTS = process.env.SCREENSHOTS
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

// CI installs Chromium, so there its absence is a failure and not a reason to skip.
const canRun = existsSync(CHROMIUM) || process.env.CI !== undefined
const describeInBrowser = canRun ? describe : describe.skip
if (!canRun)
  console.warn(`documentation not tested: ${CHROMIUM} is missing (apt-get install chromium)`)

const LANGUAGES = [
  {
    locale: 'en',
    browser: 'en-GB',
    guide: 'Your first payment',
    find: 'idempotency',
    found: /Idempotency/,
    todo: 'What to do',
  },
  {
    locale: 'zh-CN',
    browser: 'zh-CN',
    guide: '第一笔支付',
    find: '幂等',
    found: /幂等/,
    todo: '怎么办',
  },
] as const

describeInBrowser('the documentation in a browser', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  /** What no page may ever cause: a request elsewhere, a policy violation, an error. */
  let offences: string[]

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  }, 60_000)
  afterAll(() => browser?.close())
  beforeEach(() => openContext('en-GB'))
  afterEach(async () => {
    await context.close()
    expect(offences).toEqual([])
  })

  async function openContext(locale: string): Promise<void> {
    await context?.close()
    context = await browser.newContext({ locale, viewport: { width: 1280, height: 800 } })
    offences = []
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (origin !== apiBase() && !['data:', 'blob:'].includes(protocol))
        offences.push(`request to ${request.url()}`)
    })
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? ''
      if (!why.includes('ERR_ABORTED')) offences.push(`${request.url()} failed: ${why}`)
    })
    context.on('response', (response) => {
      if (response.status() >= 400) offences.push(`${response.status()} ${response.url()}`)
    })
    context.on('weberror', (error) => offences.push(`uncaught ${error.error().message}`))
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) offences.push(message.text())
    })
    page = await context.newPage()
  }

  const open = (path: string) => page.goto(`${apiBase()}${path}`, { waitUntil: 'networkidle' })
  const heading = () => page.locator('h1').first().textContent()
  async function picture(name: string): Promise<void> {
    if (!SCREENSHOTS) return
    await mkdir(SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  }

  /** Run by the debugger, which the page's policy does not bind. */
  async function seriousViolations(): Promise<string[]> {
    await page.evaluate(await readFile(AXE, 'utf8'))
    const { violations } = await page.evaluate<{
      violations: { id: string; impact: string; nodes: { html: string }[] }[]
    }>('axe.run(document, { resultTypes: ["violations"] })')
    return violations
      .filter(({ impact }) => ['serious', 'critical'].includes(impact))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  }

  describe.each(LANGUAGES)('in $locale', ({ locale, browser: own, guide, find, found, todo }) => {
    beforeEach(() => openContext(own))

    test('begins in the language of the browser', async () => {
      await open('/docs')
      expect(new URL(page.url()).pathname).toBe(`/docs/${locale}/`)
      expect(await page.getAttribute('html', 'lang')).toBe(locale)
      await picture(`home-${locale}`)
      await page.locator('main').getByRole('link', { name: guide }).first().click()
      await page.waitForURL(`**/docs/${locale}/guides/first-payment`)
      expect(await heading()).toContain(guide)
    }, 60_000)

    test('shows a guide that everybody can read', async () => {
      await open(`/docs/${locale}/guides/idempotency`)
      await picture(`guide-${locale}`)
      expect(await seriousViolations()).toEqual([])
      const colours = await page.evaluate<number>(
        `new Set([...document.querySelectorAll('.vp-code span[class^="c-"]')].map((one) => getComputedStyle(one).color)).size`,
      )
      expect(colours).toBeGreaterThan(2)
    }, 60_000)

    test('leads from the type of a problem to the page of its code', async () => {
      const refused = await fetch(`${apiBase()}/v1/payments`)
      const { type, code } = (await refused.json()) as { type: string; code: string }
      await page.goto(type, { waitUntil: 'networkidle' })
      expect(new URL(page.url()).pathname).toBe(`/docs/${locale}/errors/${code}`)
      expect(await heading()).toContain(code)
      expect(await page.locator('main').textContent()).toContain(todo)
      expect(await seriousViolations()).toEqual([])
      await picture(`error-${locale}`)
    }, 60_000)

    test('finds words of its language', async () => {
      await open(`/docs/${locale}/`)
      const input = page.locator('#localsearch-input')
      // The page listens to keys as soon as its program has begun.
      for (let left = 40; left > 0 && !(await input.isVisible()); left -= 1) {
        await page.keyboard.press('/')
        await page.waitForTimeout(250)
      }
      await input.fill(find)
      const first = page.locator('.VPLocalSearchBox .result').first()
      await first.waitFor()
      expect(await first.textContent()).toMatch(found)
      await picture(`search-${locale}`)
      await first.click()
      await page.waitForURL(`**/docs/${locale}/**`)
    }, 60_000)

    test('has the API reference, by itself', async () => {
      await open(`/docs/api`)
      expect(new URL(page.url()).pathname).toBe(`/docs/${locale}/api`)
      await page.getByText('Create a payer').first().waitFor({ timeout: 60_000 })
      await picture(`api-${locale}`)
      expect(await page.getAttribute('html', 'lang')).toBe(locale)
    }, 120_000)
  })

  test('stays in the language that a reader chose', async () => {
    await open('/docs/en/guides/idempotency')
    await page.goto(`${apiBase()}/docs/zh-CN/guides/idempotency`, { waitUntil: 'networkidle' })
    await open('/docs/errors/payment_conflict')
    expect(new URL(page.url()).pathname).toBe('/docs/zh-CN/errors/payment_conflict')
  }, 60_000)
})
