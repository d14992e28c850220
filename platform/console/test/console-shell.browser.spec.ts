import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Browser } from 'playwright-core'
import {
  describeInBrowser,
  expectAccessible,
  launchBrowser,
  picture,
  type Visitor,
  visit,
} from './console.harness.js'
import { ConsoleFakeServer, problem } from './console-fake.server.js'
import { wireSession } from './session.fixture.js'

const DIST = resolve(import.meta.dirname, '../dist-console')
const IN_APP = '/console/test/app_01course'
const EMPTY = { body: { object: 'list', data: [], has_more: false, next_cursor: null } }

describeInBrowser('what stands around every page', () => {
  let browser: Browser
  let fake: ConsoleFakeServer
  let visitor: Visitor

  beforeAll(async () => {
    browser = await launchBrowser()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
  })

  beforeEach(async () => {
    fake = new ConsoleFakeServer(DIST)
    await fake.start()
    fake.on('GET /v1/session', { body: wireSession() })
    fake.on('GET /v1/apps', EMPTY)
    fake.on('GET /v1/keys', EMPTY)
    visitor = await visit(browser, { origin: fake.origin, language: 'en' })
  })

  afterEach(async () => {
    await visitor.context.close()
    await fake.stop()
    expect(visitor.offences).toEqual([])
  })

  const open = (path: string) => visitor.page.goto(fake.origin + path)

  test('a call that wants a fresh proof is sent again under the same key once there is one', async () => {
    const { page } = visitor
    let isProven = false
    fake.on('POST /v1/session/step_up', () => {
      isProven = true
      return { body: wireSession({ csrf_token: 'csrf-token-2' }) }
    })
    fake.on('GET /v1/session', () => ({
      body: wireSession(isProven ? { csrf_token: 'csrf-token-2' } : {}),
    }))
    fake.on('POST /v1/keys', () =>
      isProven
        ? { status: 201, body: { id: 'key_01new', algorithm: 'ed25519' } }
        : { status: 403, body: problem(403, 'step_up_required', 'Prove once more who you are.') },
    )
    await open(`${IN_APP}/keys/new`)
    await page.getByRole('button', { name: 'Make and register' }).click()
    await page.getByRole('dialog').getByText('Please confirm it’s you').waitFor()
    await picture(page, 'step-up-en')
    await expectAccessible(page)
    await page.getByLabel('Password').fill('correct horse battery staple')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('The key is registered. Save the private key now').waitFor()
    const writes = fake.calls.filter(({ method, path }) => method === 'POST' && path === '/v1/keys')
    expect(writes).toHaveLength(2)
    const [first, second] = writes
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
    expect(second?.body).toBe(first?.body)
    expect([first, second].map((call) => call?.headers['bursar-csrf'])).toEqual([
      'csrf-token-1',
      'csrf-token-2',
    ])
    expect(second?.headers).toMatchObject({ 'bursar-app': 'app_01course', 'bursar-mode': 'test' })
  }, 60_000)

  test('a refusal is shown in the server’s words, with the way to the call in the log', async () => {
    fake.on('GET /v1/keys', {
      status: 403,
      body: problem(403, 'scope_missing', 'This needs the scope keys:read.'),
    })
    await open(`${IN_APP}/keys`)
    await visitor.page.getByText('This needs the scope keys:read.').waitFor()
    const link = visitor.page.getByRole('link', { name: 'Show in the request log' })
    expect(await link.getAttribute('href')).toMatch(
      /^\/console\/test\/app_01course\/request_logs\/req_/,
    )
    await picture(visitor.page, 'refused-en')
    await expectAccessible(visitor.page)
  }, 60_000)

  test('filters stand in the address, and an empty result offers to clear them', async () => {
    await open(`${IN_APP}/keys?status=revoked`)
    await visitor.page.getByText('Nothing matches these filters').waitFor()
    await picture(visitor.page, 'keys-filtered-en')
    await visitor.page.getByRole('button', { name: 'Clear filters' }).click()
    await visitor.page.getByText('No keys yet.').waitFor()
    expect(new URL(visitor.page.url()).search).toBe('')
    await picture(visitor.page, 'keys-empty-en')
  }, 60_000)

  test('another mode is another address, and only test mode wears the band', async () => {
    const { page } = visitor
    await open('/console/test/app_01dorm/keys')
    await page.getByText('Test mode: no data and no money here is real').waitFor()
    await page.getByRole('navigation', { name: 'Mode' }).getByRole('link', { name: 'Live' }).click()
    await page.waitForURL('**/console/live/app_01dorm/keys')
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    expect(await page.getByText('Test mode: no data').count()).toBe(0)
    await picture(page, 'live-en')
    await open('/console/live/app_01course/keys')
    await page.getByText('This mode is not open to you').waitFor()
    await open('/console/test/app_01stranger/keys')
    await page.getByText('This app can’t be opened').waitFor()
  }, 60_000)

  test('the keyboard goes to pages, lists its shortcuts and skips to the content', async () => {
    const { page } = visitor
    await open(`${IN_APP}/apps`)
    await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('k')
    await page.waitForURL(`**${IN_APP}/keys`)
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Go to Keys').waitFor()
    await picture(page, 'shortcuts-en')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await open(`${IN_APP}/keys`)
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
  }, 60_000)

  describe('when the server can’t be reached', () => {
    test('says so, and goes on when it is back', async () => {
      const { page } = visitor
      fake.on('GET /v1/session', { status: 500, body: problem(500, 'internal_error', 'Sorry.') })
      await open(`${IN_APP}/keys`)
      await page.getByText('The server can’t be reached').waitFor()
      await picture(page, 'unreachable-en')
      fake.on('GET /v1/session', { body: wireSession() })
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    }, 60_000)
  })
})
