import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Browser, chromium, type Page } from 'playwright-core'
import { codeOf, newLocalOperator } from '../support/operator-browser.js'
import { apiBase } from '../support/platform.js'
import { createOutsider } from '../support/stage.js'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
/** To look at what a person sees: SCREENSHOTS=folder npx jest console-sign-in.browser */
const SCREENSHOTS = process.env.SCREENSHOTS
const WAIT_MS = 60_000

// CI installs Chromium, so there its absence is a failure and not a reason to skip.
const canRun = existsSync(CHROMIUM) || process.env.CI !== undefined
const describeInBrowser = canRun ? describe : describe.skip

describeInBrowser('signing in to the console, in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  }, 60_000)
  afterAll(() => browser?.close())

  const show = async (page: Page, name: string) => {
    if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true })
  }

  const submitPassword = async (page: Page, login: string, password: string) => {
    await page.getByLabel('Login or e-mail').fill(login)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  test('sets up a second factor, opens a session that a page of ours can use, and asks again', async () => {
    const { institution_id } = await createOutsider()
    const person = await newLocalOperator(institution_id, ['finance_officer'])
    const context = await browser.newContext({ locale: 'en-GB' })
    context.setDefaultTimeout(WAIT_MS)
    const page = await context.newPage()
    const offences: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) offences.push(message.text())
    })
    page.on('request', (request) => {
      const address = request.url()
      if (address.startsWith('http') && !address.startsWith(apiBase())) offences.push(address)
    })
    await page.goto(`${apiBase()}/console/sign-in`)
    await show(page, 'password')
    await submitPassword(page, person.login, 'not this one')
    expect(await page.getByRole('alert').textContent()).toMatch(/not right/)
    await submitPassword(page, person.login, person.password)
    await page.getByRole('heading', { name: 'Set up two-step sign-in' }).waitFor()
    expect(await page.locator('.enrol-qr svg').isVisible()).toBe(true)
    await show(page, 'enrol')
    const secret = ((await page.locator('.enrol-secret').textContent()) ?? '').replaceAll(' ', '')
    await page.locator('input[name=code]').fill(codeOf(secret))
    await page.getByRole('button', { name: 'Finish' }).click()
    await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
    await show(page, 'recovery-codes')
    expect(await page.locator('.recovery-codes li').count()).toBe(10)
    // These pages let nothing be fetched, so the browser's cookies are tried beside them.
    const address = `${apiBase()}/v1/session`
    const session = await (await context.request.get(address)).json()
    expect(session).toMatchObject({ second_factor: { is_proven: true } })
    expect(await page.evaluate('document.cookie')).toBe('')
    const signOut = async (headers: Record<string, string>) =>
      (await context.request.delete(address, { headers })).status()
    const origin = apiBase()
    expect(await signOut({ origin })).toBe(403)
    expect(await signOut({ origin, 'bursar-csrf': session.csrf_token })).toBe(204)
    expect((await context.request.get(address)).status()).toBe(401)

    await page.goto(`${apiBase()}/console/sign-in`)
    await submitPassword(page, person.login, person.password)
    await page.getByRole('heading', { name: 'Enter the code' }).waitFor()
    await show(page, 'code')
    await page.locator('input[name=code]').fill(codeOf(secret, 30))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL(`${apiBase()}/console`)
    expect((await context.request.get(address)).status()).toBe(200)
    expect(offences).toEqual([])
    await context.close()
  }, 180_000)
})
