import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
/** To look at what people see: SCREENSHOTS=folder npx jest console.browser */
const SCREENSHOTS = process.env.SCREENSHOTS
const SERIOUS = new Set(['serious', 'critical'])
const require = createRequire(import.meta.url)

// CI installs Chromium, so there its absence is a failure and not a reason to skip.
const canRun = existsSync(CHROMIUM) || process.env.CI !== undefined
export const describeInBrowser = canRun ? describe : describe.skip
if (!canRun) console.warn(`console not tested: ${CHROMIUM} is missing (apt-get install chromium)`)

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
}

export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What no page may ever cause: a request elsewhere, a policy violation, an uncaught error. */
  readonly offences: string[]
}

export interface VisitorOptions {
  readonly origin: string
  readonly language?: 'zh' | 'en'
  readonly width?: number
  /** The value of the header Cookie: one pair. */
  readonly cookie?: string
}

/** Somebody with a browser of their own. */
export async function visit(browser: Browser, options: VisitorOptions): Promise<Visitor> {
  const { origin, language = 'zh', width = 1280, cookie } = options
  const context = await browser.newContext({
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    viewport: { width, height: 800 },
    acceptDownloads: true,
  })
  if (cookie !== undefined) {
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Lax' }])
  }
  const offences: string[] = []
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && !['blob:', 'data:'].includes(url.protocol))
      offences.push(`request to ${request.url()}`)
  })
  context.on('weberror', (error) => offences.push(`uncaught ${error.error().message}`))
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) offences.push(message.text())
  })
  return { context, page: await context.newPage(), offences }
}

/** No violation that keeps somebody from using the page. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'))
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )
  const serious = found
    .filter(({ impact }) => SERIOUS.has(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  expect(serious).toEqual([])
}

export async function picture(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS) return
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
}
