import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newBill, newNumber } from '../support/fixtures.js'
import { createClient, read } from '../support/oauth-client.js'
import { type Asking, PayerApp, setRedirectUris } from '../support/payer-app.js'
import { PayerBrowser, type SeenPage } from '../support/payer-browser.js'
import { apiBase, simulatorBase } from '../support/platform.js'
import { until } from '../support/until.js'

const BILLS = 'bills:read:own'

let app: PayerApp
let stranger: PayerApp
beforeAll(async () => {
  ;[app, stranger] = await Promise.all([PayerApp.start(), PayerApp.start()])
}, 60_000)
afterAll(async () => {
  await Promise.all([app?.stop(), stranger?.stop()])
})

const see = (path: string, token: string) => read(`/v1${path}`, `Bearer ${token}`)

async function newStudent() {
  const number = newNumber()
  const { id: payer } = await app.client.app.bursar.payers.create({
    ...{ kind: 'student', number_type: 'student_no', number, name: '张三丰' },
  })
  const { id: bill } = await newBill(app.client.app, { payer })
  return { number, payer, bill }
}

/** The consent page, seen by a payer who has signed in. */
async function consentPage(scope = BILLS, who: PayerApp = app) {
  const student = await newStudent()
  const browser = new PayerBrowser()
  const asking = await who.ask(scope)
  const page = await browser.signIn(await browser.open(asking.url), student.number)
  expect(page.status).toBe(200)
  return { student, browser, asking, page }
}

/** As a payer who allows everything. */
async function code(scope = BILLS, who: PayerApp = app) {
  const { student, browser, asking, page } = await consentPage(scope, who)
  const { url: back } = await browser.submit(page, { decision: 'allow' })
  expect(back.searchParams.get('code')).not.toBeNull()
  return { student, browser, asking, back }
}

async function tokenOf({ asking, back }: { asking: Asking; back: URL }, who: PayerApp = app) {
  return (await who.redeem(asking, back)).access_token
}

const titleOf = (page: SeenPage) => /<h1[^>]*>([^<]*)/.exec(page.text)?.[1]

describe('the authorization request', () => {
  test.each([
    ['an address that is not registered', 'https://evil.example/callback'],
    ['a longer address', 'PREFIX/more'],
    ['another port', 'http://localhost:1/callback'],
    ['none', undefined],
  ])('with %s sends nobody anywhere', async (_, given) => {
    const redirect_uri = given?.replace('PREFIX', app.redirectUri)
    const { url } = await app.ask(BILLS, { redirect_uri })
    const page = await new PayerBrowser().open(url)
    expect(page.status).toBe(400)
    expect(page.url.pathname).toBe('/oauth2/authorize')
    expect(page.text).toContain('无法继续')
  })

  test.each([
    ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with plain PKCE', { code_challenge_method: 'plain' }],
    ['without the method, which would mean plain', { code_challenge_method: undefined }],
    ['for a token in the address', { response_type: 'token' }],
    ['for a scope that only apps can have', { scope: 'bills:read' }],
    ['for a scope that does not exist', { scope: 'everything:own' }],
  ])('%s is refused before anybody signs in', async (_, changes) => {
    const { url } = await app.ask(BILLS, changes)
    const page = await new PayerBrowser().open(url)
    // An answer to a request for a token goes where tokens went: behind the #.
    const told = new URLSearchParams(page.url.search || page.url.hash.slice(1))
    const where = page.status === 0 ? told.get('error') : page.status
    expect(['invalid_request', 'unsupported_response_type', 'invalid_scope', 400]).toContain(where)
    expect(page.url.searchParams.get('code')).toBeNull()
  })

  test('of an app without registered addresses is refused', async () => {
    const client = await createClient({ clientKey: 'es256' })
    const { url } = await app.ask(BILLS, { client_id: client.credentials.client_id })
    expect((await new PayerBrowser().open(url)).status).toBe(400)
  })

  test('beyond the scopes of the app is refused', async () => {
    const poor = await PayerApp.start({ scopes: ['bills:read', BILLS] })
    const { url } = await poor.ask(`${BILLS} payments:read:own`)
    const { url: back } = await new PayerBrowser().open(url)
    expect(back.searchParams.get('error')).toBe('invalid_scope')
    await poor.stop()
  })
})

describe('signing in', () => {
  test('somebody who is no payer here is told so, and nothing is created', async () => {
    const browser = new PayerBrowser()
    const page = await browser.signIn(await browser.open((await app.ask(BILLS)).url), newNumber())
    expect(page.status).toBe(403)
    expect(titleOf(page)).toBe('没有找到您的缴费信息')
    expect(browser.cookies.has('bursar_payer')).toBe(false)
  })

  test('a payer who changes their mind is told so, and may try again', async () => {
    const browser = new PayerBrowser()
    const campus = await browser.open((await app.ask(BILLS)).url)
    const page = await browser.submit(campus, { action: 'cancel' })
    expect(titleOf(page)).toBe('登录已取消')
    const [, path = ''] = /class="button[^"]*" href="([^"]*)"/.exec(page.text) ?? []
    expect((await browser.open(new URL(path, apiBase()))).url.origin).toBe(simulatorBase())
  })

  test('an answer with another state, or brought to another browser, signs nobody in', async () => {
    const { number } = await newStudent()
    const browser = new PayerBrowser()
    const campus = await browser.open((await app.ask(BILLS)).url)
    const tampered = await browser.submit(campus, { number, action: 'sign_in', state: 'forged' })
    expect(tampered.status).toBe(400)
    expect(titleOf(tampered)).toBe('登录没有完成')
    const elsewhere = new PayerBrowser()
    const brought = await elsewhere.signIn(campus, number)
    expect(brought.status).toBe(400)
    for (const one of [browser, elsewhere]) expect(one.cookies.has('bursar_payer')).toBe(false)
  })

  test('begins only with a ticket of ours, so that it leads nowhere else', async () => {
    const browser = new PayerBrowser()
    for (const query of ['', '?ticket=forged', '?return_path=https://evil.example']) {
      const page = await browser.open(`${apiBase()}/payer/sign-in${query}`)
      if (page.url.origin === apiBase()) expect([400, 404, 503]).toContain(page.status)
      else throw new Error(`sent to ${page.url.href}`)
    }
  })

  test('the session is a cookie out of reach of scripts and other sites, new at every sign-in', async () => {
    const { browser, student } = await consentPage()
    const first = browser.cookies.get('bursar_payer')
    const [cookie] = browser.setCookies.filter((set) => set.startsWith('bursar_payer='))
    expect(cookie).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/)
    const asking = await app.ask(BILLS, { prompt: 'login' })
    await new Promise((done) => setTimeout(done, 1_000))
    const campus = await browser.open(asking.url)
    expect(campus.url.origin).toBe(simulatorBase())
    await browser.signIn(campus, student.number)
    const second = browser.cookies.get('bursar_payer')
    expect(second).toBeDefined()
    expect(second).not.toBe(first)
    const old = new PayerBrowser()
    old.cookies.set('bursar_payer', first ?? '')
    expect((await old.open(`${apiBase()}/payer/grants`)).url.origin).toBe(simulatorBase())
  })
})

describe('the consent page', () => {
  test('cannot be framed, run scripts, or tell where the payer came from', async () => {
    const { page, browser } = await consentPage()
    const pages = [page, await browser.open(`${apiBase()}/payer/grants`)]
    for (const { headers } of pages) {
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-request-id')).toMatch(/^req_/)
    }
  })

  test('a payer who refuses sends the app away with nothing', async () => {
    const { browser, page, asking } = await consentPage()
    const { url: back } = await browser.submit(page, { decision: 'refuse' })
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('state')).toBe(asking.state)
    expect(back.searchParams.get('code')).toBeNull()
  })

  test.each([
    ['no form token', undefined],
    ['a guessed form token', 'guess'],
  ])('with %s nothing is allowed', async (_, form_token) => {
    const { browser, page } = await consentPage()
    const answer = await browser.submit(page, { decision: 'allow', form_token })
    expect(answer.status).toBe(403)
    expect(titleOf(answer)).toBe('页面已经过期')
  })

  test("with another session's form token nothing is allowed", async () => {
    const other = await consentPage()
    const token = /name="form_token" value="([^"]*)"/.exec(other.page.text)?.[1]
    const { browser, page } = await consentPage()
    const answer = await browser.submit(page, { decision: 'allow', form_token: token })
    expect(answer.status).toBe(403)
  })

  test('belongs to the browser that was sent there', async () => {
    const { page } = await consentPage()
    const opened = await new PayerBrowser().open(page.url)
    expect(titleOf(opened)).toBe('这个请求已经失效')
  })

  test('is not shown again to who allowed it, and only asks for what is new', async () => {
    const { browser } = await code()
    const again = await app.ask(BILLS)
    const { url: back } = await browser.open(again.url)
    expect(back.searchParams.get('code')).not.toBeNull()
    const more = await browser.open((await app.ask(`${BILLS} payments:read:own`)).url)
    expect(more.text).toMatch(/查看您的付款记录[\s\S]*您此前已经同意[\s\S]*查看您的缴费单/)
    const granted = await browser.submit(more, { decision: 'allow' })
    expect(granted.url.searchParams.get('code')).not.toBeNull()
    expect((await browser.open(`${apiBase()}/payer/grants`)).text.match(/<article/g)).toHaveLength(
      1,
    )
  })

  test('another account can be used, and then it is that payer who decides', async () => {
    const { browser, page, asking } = await consentPage()
    const other = await newStudent()
    const campus = await browser.submit(page, { decision: 'switch' })
    expect(campus.url.origin).toBe(simulatorBase())
    const consent = await browser.signIn(campus, other.number)
    const { url: back } = await browser.submit(consent, { decision: 'allow' })
    const token = await tokenOf({ asking, back })
    expect((await see('/bills', token)).json.data).toMatchObject([{ id: other.bill }])
  })

  test('speaks the language of the browser, and the one that is chosen', async () => {
    const { page, browser } = await consentPage()
    const english = await browser.open(`${page.url.href}?lang=en`)
    expect(titleOf(english)).toContain('asks to see your payment information')
    expect((await browser.open(page.url)).text).toContain('lang="en"')
  })
})

describe('a code', () => {
  test('is worth nothing to another app', async () => {
    const { asking, back } = await code()
    await expect(stranger.redeem(asking, back)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('is worth nothing without its verifier', async () => {
    const { asking, back } = await code()
    const guessed = { ...asking, verifier: 'v'.repeat(43) }
    await expect(app.redeem(guessed, back)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('used twice takes back what it gave, and the payer is asked again', async () => {
    const { asking, back, browser } = await code()
    const token = await tokenOf({ asking, back })
    expect((await see('/bills', token)).status).toBe(200)
    await expect(app.redeem(asking, back)).rejects.toMatchObject({ error: 'invalid_grant' })
    const seen = await until(
      () => see('/bills', token),
      ({ status }) => status === 401,
      5_000,
    )
    expect(seen.status).toBe(401)
    expect((await browser.open(`${apiBase()}/payer/grants`)).text).not.toContain('<article')
    expect((await browser.open((await app.ask(BILLS)).url)).text).toContain('查看您的缴费单')
  })

  test('is worth nothing once the payer has taken the grant back', async () => {
    const { asking, back, browser } = await code()
    await browser.submit(await browser.open(`${apiBase()}/payer/grants`), {})
    await expect(app.redeem(asking, back)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a token for a payer', () => {
  test('reads what it was granted, and nothing else', async () => {
    const done = await code()
    const token = await tokenOf(done)
    expect((await see(`/bills/${done.student.bill}`, token)).status).toBe(200)
    for (const path of ['/payments', '/refunds', '/payers/me', '/checkouts/x', '/events']) {
      expect((await see(path, token)).json).toMatchObject({ status: 403, code: 'scope_missing' })
    }
  })

  test("sees other apps' bills of its payer, without those apps' notes", async () => {
    const done = await code(BILLS, stranger)
    const token = await tokenOf(done, stranger)
    const seen = (await see(`/bills/${done.student.bill}`, token)).json
    expect(seen).toMatchObject({ id: done.student.bill, metadata: {} })
  })

  test('never serves a write, not even with a signature', async () => {
    const done = await code()
    const token = await tokenOf(done)
    const answer = await app.client.app.send({
      path: `/v1/bills/${done.student.bill}/void`,
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    expect([401, 403]).toContain(answer.status)
  })

  test('sees the payments whose bills are all of its payer, and their refunds', async () => {
    const done = await code('payments:read:own refunds:read:own')
    const token = await tokenOf(done)
    const { bursar } = app.client.app
    const other = await newStudent()
    const pay = async (bills: readonly string[]) => {
      const items = bills.map((bill) => ({ bill }))
      const checkout = await bursar.checkouts.create({ items })
      const out_trade_no = newNumber()
      const body = { out_trade_no, checkout: checkout.id, return_url: 'https://a.example/?s=1' }
      return bursar.payments.create({ ...body, subject: '学费' })
    }
    const own = await pay([done.student.bill])
    const second = await newBill(app.client.app, { payer: done.student.payer })
    const shared = await pay([second.id, other.bill])
    const direct = await bursar.payments.create({
      ...{ out_trade_no: newNumber(), amount: 100, subject: '打印' },
    })
    expect((await see('/payments', token)).json.data).toMatchObject([
      { id: own.id, return_url: null, metadata: {} },
    ])
    expect((await see(`/payments/${own.id}`, token)).status).toBe(200)
    for (const { id } of [shared, direct]) {
      expect((await see(`/payments/${id}`, token)).json).toMatchObject({
        code: 'payment_not_found',
      })
    }
    expect((await see(`/refunds?payment=${shared.id}`, token)).json.data).toEqual([])
  })
})

describe('the page of grants', () => {
  test('shows each payer only their own, and takes back nobody else’s', async () => {
    const mine = await code()
    const theirs = await code()
    const token = await tokenOf(theirs)
    const page = await theirs.browser.open(`${apiBase()}/payer/grants`)
    const [, action = ''] = /action="(\/payer\/grants\/[^"]*)"/.exec(page.text) ?? []
    const own = await mine.browser.open(`${apiBase()}/payer/grants`)
    const [, form_token = ''] = /name="form_token" value="([^"]*)"/.exec(own.text) ?? []
    await mine.browser.post(new URL(action, apiBase()), new URLSearchParams({ form_token }))
    expect((await see('/bills', token)).status).toBe(200)
    expect((await theirs.browser.open(`${apiBase()}/payer/grants`)).text).toContain('<article')
  })

  test('does nothing without the form token', async () => {
    const { browser } = await code()
    const page = await browser.open(`${apiBase()}/payer/grants`)
    for (const index of [0, 1]) {
      expect((await browser.submit(page, { form_token: undefined }, index)).status).toBe(400)
      expect((await browser.submit(page, { form_token: 'guess' }, index)).status).toBe(403)
    }
    expect((await browser.open(`${apiBase()}/payer/grants`)).text).toContain('<article')
  })

  test('signing out ends the session for good', async () => {
    const { browser } = await code()
    const token = browser.cookies.get('bursar_payer') ?? ''
    const page = await browser.open(`${apiBase()}/payer/grants`)
    expect(titleOf(await browser.submit(page, {}, 1))).toBe('您已退出登录')
    browser.cookies.set('bursar_payer', token)
    expect((await browser.open(`${apiBase()}/payer/grants`)).url.origin).toBe(simulatorBase())
    // What the authorization server remembers of the browser is no session of the payer.
    expect((await browser.open((await app.ask(BILLS)).url)).url.origin).toBe(simulatorBase())
  })

  test('has no sign-in where nobody vouches for people: live mode at a simulated provider', async () => {
    const page = await new PayerBrowser().open(`${apiBase()}/payer/grants?mode=live`)
    expect(page.status).toBe(403)
    expect(titleOf(page)).toBe('这里还不能登录')
  })
})

describe('registering addresses', () => {
  test('says what is wrong with one, and leaves the others as they were', async () => {
    const refused = setRedirectUris(stranger.client, ['http://app.example.edu/'])
    await expect(refused).rejects.toThrow(/https/)
    expect((await consentPage(BILLS, stranger)).page.status).toBe(200)
  }, 60_000)
})
