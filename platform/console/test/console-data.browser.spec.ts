import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { newBill, newPaidPayment, paymentBody } from '../../server/test/support/fixtures.js'
import {
  type SignedInOperator,
  signInOperator,
} from '../../server/test/support/operator-session.js'
import { apiBase, createApp, type TestApp } from '../../server/test/support/platform.js'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const isHere = existsSync(CHROMIUM) || process.env.CI !== undefined
/** A folder for pictures of every page, to look at. */
const SCREENSHOTS = process.env.CONSOLE_SCREENSHOTS
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WAIT_MS = 15_000

let app: TestApp
let person: SignedInOperator
let browser: Browser
let context: BrowserContext
let page: Page
let offences: string[]

const wide = { width: 1280, height: 860 }

const suite = isHere ? describe : describe.skip
suite('the data pages of the console', () => {
  beforeAll(async () => {
    app = await createApp()
    person = await signInOperator({
      institution_id: app.institution_id,
      roles: ['developer', 'finance_officer'],
      apps: [[app.app_id, 'owner']],
    })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  }, 120_000)

  afterAll(() => browser?.close())

  beforeEach(() => openContext({ locale: 'en-GB' }))

  afterEach(async () => {
    await context.close()
    expect(offences).toEqual([])
  })

  async function openContext(options: Parameters<Browser['newContext']>[0]): Promise<void> {
    await context?.close()
    context = await browser.newContext({
      viewport: wide,
      timezoneId: 'Asia/Shanghai',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    })
    const [name = '', value = ''] = person.cookie.split('=')
    await context.addCookies([{ name, value, url: apiBase() }])
    offences = []
    context.on('weberror', (error) => offences.push(`uncaught ${error.error().message}`))
    context.on('console', (message) => {
      if (/content security policy/i.test(message.text())) offences.push(message.text())
    })
    page = await context.newPage()
    page.setDefaultTimeout(WAIT_MS)
  }

  const open = (path: string) => page.goto(`${apiBase()}/console/test/${app.app_id}${path}`)
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

  /** The sign before the word belongs to the tag. */
  const status = (word: string) =>
    page.locator('.page-title-row .status', { hasText: word }).waitFor()

  async function expectNoViolations(): Promise<void> {
    await page.evaluate(AXE)
    const found = await page.evaluate(async () => {
      const axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>
      } = Reflect.get(window, 'axe')
      const { violations } = await axe.run()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(found).toEqual([])
  }

  test('a payment is found by its number, shows what became of it, and is given back in part', async () => {
    const payment = await newPaidPayment(app, { amount: 12_345 })
    await open('/payments')
    await page.getByLabel('Your number').fill(payment.out_trade_no)
    await page.keyboard.press('Enter')
    await page.waitForURL(/out_trade_no=/)
    await page.getByRole('link', { name: payment.out_trade_no }).click()
    await heading(payment.subject)
    await page.getByRole('heading', { name: 'Ledger' }).waitFor()
    await status('Succeeded')

    await page.getByRole('button', { name: 'Refund' }).click()
    const amount = page.getByLabel('Amount (yuan)')
    await amount.fill('123.46')
    await page.getByRole('button', { name: 'Ask for the refund' }).click()
    await page.getByText('More than the ¥123.45 that are left').waitFor()
    await amount.fill('23.45')
    await page.getByRole('button', { name: 'Ask for the refund' }).click()
    await page.waitForURL(/\/refunds\/ref_/)
    await heading('¥23.45')
    await status('Succeeded')
    const { data } = await app.bursar.refunds.list({ payment: payment.id })
    expect(data.map((refund) => refund.amount)).toEqual([2_345])
  })

  test('the search box leads from a number to its object', async () => {
    const payment = await newPaidPayment(app)
    await open('/')
    await heading(/./)
    await page.keyboard.press('/')
    await page.keyboard.type(payment.out_trade_no)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /Search for/ }).waitFor()
    await page.getByRole('main').locator(`a[href*="${payment.id}"]`).first().click()
    await heading(payment.subject)
  })

  test('a call in the log shows what was signed and can be taken along as a program', async () => {
    const payment = await app.bursar.payments.create(paymentBody())
    await open(`/request_logs?object_id=${payment.id}`)
    await page.getByRole('main').getByText('/v1/payments').first().waitFor()
    await page.locator('tr.is-link code.call').first().click()
    await heading(/POST \/v1\/payments/)
    await page.getByText('"@method": POST').first().waitFor()
    await page.getByRole('tab', { name: 'SDK (TypeScript)' }).click()
    await page.getByText('await bursar.payments.create(').waitFor()
  })

  test('a wrong signature is explained: both strings, the first difference marked', async () => {
    const { method, url, headers, body } = app.prepare({
      path: '/v1/payments',
      body: paymentBody(),
    })
    const base = Buffer.from(baseOf(headers, method, url)).toString('base64')
    const head = [
      // The query was not signed.
      `${method} ${new URL(url).pathname}?x=1 HTTP/1.1`,
      ...Object.entries({ ...headers, 'bursar-debug-base': base }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ].join('\n')
    await open('/signature_debugger')
    await page
      .getByLabel('The request: request line, headers, empty line, body')
      .fill(`${head}\n\n${body?.toString() ?? ''}`)
    await page.getByRole('button', { name: 'Check the signature' }).click()
    await page.locator('tr.is-first mark').first().waitFor()
    expect(await page.locator('tr.is-first').textContent()).toContain('@target-uri')
    await expectNoViolations()
  })

  test('a delivery that failed shows why, and is sent again by hand', async () => {
    let isUp = false
    let count = 0
    const receiver = createServer((request, response) => {
      request.resume().on('end', () => {
        count += 1
        response.writeHead(isUp ? 204 : 500).end(isUp ? undefined : 'out of order')
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    await open('/webhook_endpoints')
    await page.getByRole('button', { name: 'New endpoint' }).click()
    await page.getByLabel('Address').fill(`http://localhost:${port}/hooks`)
    await page.getByRole('dialog').getByRole('button', { name: 'New endpoint' }).click()
    await page.getByText(/^whsec_/).waitFor()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await app.bursar.payments.create(paymentBody())
    await page.getByRole('link', { name: `http://localhost:${port}/hooks` }).click()
    await page.getByRole('link', { name: 'payment.created' }).first().click()
    await page.getByText('out of order').first().waitFor()
    isUp = true
    const before = count
    await page.getByRole('button', { name: 'Send again now' }).click()
    await status('Delivered')
    expect(count).toBeGreaterThan(before)
    await new Promise((resolve) => receiver.close(resolve))
  })

  test('in the sandbox a payment is made and paid without a phone', async () => {
    await open('/sandbox')
    await page.getByRole('button', { name: 'Make a test payment' }).click()
    const line = page.locator('.line-list li', { hasText: 'Sandbox test payment' }).first()
    const link = await line.getByRole('link').first().getAttribute('href')
    await line.getByRole('button', { name: 'Pay', exact: true }).click()
    await page.goto(`${apiBase()}${link}`)
    await status('Succeeded')
  })

  describe('each page', () => {
    const paths: [name: string, path: () => string][] = [
      ['overview', () => '/'],
      ...[
        'payments',
        'refunds',
        'bills',
        'checkouts',
        'payers',
        'fee_items',
        'channel_accounts',
      ].map((list): [string, () => string] => [list, () => `/${list}`]),
      ...[
        'ledger/transactions',
        'request_logs',
        'webhook_endpoints',
        'webhook_deliveries',
        'events',
      ].map((list): [string, () => string] => [list.replace('/', '-'), () => `/${list}`]),
      ['signature_debugger', () => '/signature_debugger'],
      ['sandbox', () => '/sandbox'],
      ['payment', () => `/payments/${made.payment}`],
      ['refund', () => `/refunds/${made.refund}`],
      ['bill', () => `/bills/${made.bill}`],
      ['request', () => `/request_logs/${made.request}`],
      ['search', () => `/search?q=${made.payment}`],
    ]
    const made = { payment: '', refund: '', bill: '', request: '' }

    beforeAll(async () => {
      const payment = await newPaidPayment(app, { amount: 680_000 })
      const refund = await app.bursar.refunds.create({
        payment: payment.id,
        out_refund_no: randomUUID(),
        amount: 100,
      })
      const bill = await newBill(app)
      const { data } = await app.bursar.requestLogs.list({ object_id: payment.id, method: 'POST' })
      Object.assign(made, {
        payment: payment.id,
        refund: refund.id,
        bill: bill.id,
        request: data.at(-1)?.id,
      })
    })

    test.each(paths)(
      '%s has no serious violation, and no part that runs out of the page',
      async (name, path) => {
        for (const locale of ['en-GB', 'zh-CN']) {
          for (const width of [1280, 768]) {
            await openContext({ locale, viewport: { width, height: 860 } })
            await open(path())
            await page.getByRole('heading', { level: 1 }).waitFor()
            await page.waitForLoadState('networkidle')
            if (SCREENSHOTS !== undefined) {
              await mkdir(SCREENSHOTS, { recursive: true })
              const file = `${name}-${locale.slice(0, 2)}-${width}.png`
              await page.screenshot({ path: join(SCREENSHOTS, file), fullPage: true })
            }
            const overflow = await page.evaluate(
              () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
            )
            expect(overflow).toBeLessThanOrEqual(0)
            if (width === 1280) await expectNoViolations()
          }
        }
      },
      60_000,
    )
  })
})

/** The string that a program would have signed that left the query out. */
function baseOf(
  headers: Readonly<Record<string, unknown>>,
  method: string,
  target: string,
): string {
  const input = String(headers['signature-input']).replace(/^bursar=/, '')
  const names = [...(/^\(([^)]*)\)/.exec(input)?.[1]?.matchAll(/"([^"]+)"/g) ?? [])].map(
    ([, name = '']) => name,
  )
  const lines = names.map((name) => {
    const value = name === '@method' ? method : name === '@target-uri' ? target : headers[name]
    return `"${name}": ${value}`
  })
  return [...lines, `"@signature-params": ${input}`].join('\n')
}
