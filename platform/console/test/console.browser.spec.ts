import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import type { Browser, Page } from 'playwright-core'
import { CHECKLIST_ITEMS } from '../../server/src/domains/go-live/checklist.table.js'
import {
  type SignedInOperator,
  signInOperator,
} from '../../server/test/support/operator-session.js'
import { apiBase, createApp, type TestApp } from '../../server/test/support/platform.js'
import { queryPlatform } from '../../server/test/support/platform-database.js'
import {
  describeInBrowser,
  expectAccessible,
  launchBrowser,
  picture,
  type Visitor,
  type VisitorOptions,
  visit,
} from './console.harness.js'

/** A page takes a second; on a machine that does much else, many. */
const SLOW_MS = 120_000

describeInBrowser('the console on a running platform', () => {
  let browser: Browser
  let app: TestApp
  let developer: SignedInOperator
  let head: SignedInOperator
  let admin: SignedInOperator
  const visitors: Visitor[] = []

  beforeAll(async () => {
    ;[browser, app] = await Promise.all([launchBrowser(), createApp()])
    const { institution_id, department_id, app_id } = app
    developer = await signInOperator({
      institution_id,
      departments: [[department_id, 'developer']],
      apps: [[app_id, 'owner']],
    })
    head = await signInOperator({
      institution_id,
      departments: [[department_id, 'department_admin']],
    })
    admin = await signInOperator({ institution_id, roles: ['platform_admin'] })
  }, 90_000)

  afterAll(async () => {
    await browser?.close()
  })

  afterEach(async () => {
    const seen = visitors.splice(0)
    await Promise.all(seen.map(({ context }) => context.close()))
    expect(seen.flatMap(({ offences }) => offences)).toEqual([])
  })

  async function as(
    person: SignedInOperator | null,
    options: Omit<VisitorOptions, 'origin' | 'cookie'> = {},
  ): Promise<Page> {
    const cookie = person === null ? {} : { cookie: person.cookie }
    const visitor = await visit(browser, { origin: apiBase(), ...cookie, ...options })
    visitors.push(visitor)
    return visitor.page
  }
  const inApp = (path: string) => `${apiBase()}/console/test/${app.app_id}${path}`
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor()

  test(
    'sends whoever is not signed in to the sign-in page, and remembers where they were going',
    async () => {
      const page = await as(null)
      const asked = page.waitForRequest((request) => request.url().includes('/console/sign-in'))
      await page.goto(inApp('/keys?status=active'))
      const target = new URL((await asked).url())
      expect(target.searchParams.get('return_to')).toBe(
        `/console/test/${app.app_id}/keys?status=active`,
      )
    },
    SLOW_MS,
  )

  test(
    'makes a key in the page with which the app then signs a request',
    async () => {
      const page = await as(developer, { language: 'en' })
      const sent: string[] = []
      page.on('request', (request) => sent.push(request.postData() ?? ''))
      await page.goto(inApp('/keys'))
      await page.getByRole('link', { name: 'Add a key' }).click()
      await page.getByLabel('Name', { exact: true }).fill('payment server')
      await picture(page, 'key-new-en')
      await page.getByRole('button', { name: 'Make and register' }).click()
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download private key (PEM)' }).click()
      const file = await download
      const privateKey = await readFile(await file.path(), 'utf8')
      await picture(page, 'key-made-en')
      await page.getByRole('button', { name: 'I have saved it' }).click()
      await heading(page, 'payment server')

      const keyId = file.suggestedFilename().replace(/\.pem$/, '')
      const bursar = new Bursar({ keyId, privateKey, baseUrl: apiBase() })
      expect(await bursar.keys.get(keyId)).toMatchObject({
        name: 'payment server',
        status: 'active',
      })
      expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/)
      const secret = privateKey.split('\n')[1] ?? '-'
      expect(sent.filter((body) => body.includes(secret) || body.includes('PRIVATE'))).toEqual([])
      const kept = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      )
      expect(kept).not.toContain(secret)

      await page.getByLabel('Paste a private key, or choose a file').fill(privateKey)
      await page.getByText('They are a pair').waitFor()
      await page.getByLabel('Paste a private key, or choose a file').fill(app.private_key)
      await page.getByText('Not a pair').waitFor()
      await picture(page, 'key-pair-en')
      await expectAccessible(page)
    },
    SLOW_MS,
  )

  test(
    'does not send a private key that was pasted for a public one',
    async () => {
      const page = await as(developer)
      await page.goto(inApp('/keys/new'))
      await page.getByLabel(/导入已有的公钥/).check()
      await page.getByLabel('粘贴公钥或证书').fill(app.private_key)
      await page.getByText('这是私钥，请不要粘贴到这里').waitFor()
      expect(await page.getByRole('button', { name: '登记公钥' }).isDisabled()).toBe(true)
      await picture(page, 'key-import-private-zh')
    },
    SLOW_MS,
  )

  test(
    'rotates a key with an overlap, and revokes one',
    async () => {
      const page = await as(developer, { language: 'en' })
      const own = await createApp()
      await queryPlatform(
        'insert into app_members (institution_id, app_id, operator_id, role) values ($1, $2, $3, $4)',
        [own.institution_id, own.app_id, developer.operator_id, 'owner'],
      )
      await page.goto(`${apiBase()}/console/test/${own.app_id}/keys/${own.key_id}`)
      await page.getByRole('button', { name: 'Rotate' }).click()
      await picture(page, 'key-rotate-en')
      await page.getByRole('button', { name: 'Make the new key' }).click()
      await page.getByText('The key is registered. Save the private key now').waitFor()
      expect(await own.bursar.keys.get(own.key_id)).toMatchObject({ status: 'active' })
      await page.getByText('Replaced by').waitFor()
      await page.getByRole('button', { name: 'Revoke' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
      await page.getByText('Revoked').first().waitFor()
      expect(await developer.bursar({ app: own.app_id }).keys.get(own.key_id)).toMatchObject({
        status: 'revoked',
      })
    },
    SLOW_MS,
  )

  test(
    'registers an app whose owner then adds a member',
    async () => {
      const page = await as(developer)
      await page.goto(`${apiBase()}/console/apps`)
      await page.getByRole('link', { name: '登记应用' }).click()
      await page.getByLabel('名称').fill('迎新缴费系统')
      await page.getByLabel('所属部门').click()
      await page.locator('.ant-select-item-option').first().click()
      await page.getByLabel('用途').fill('新生报到时缴纳学费和住宿费。')
      await picture(page, 'app-register-zh')
      await expectAccessible(page)
      await page.getByRole('button', { name: '登记应用' }).click()
      await heading(page, '迎新缴费系统')
      await page.getByText('收过一笔款').waitFor()
      await picture(page, 'app-overview-zh')
      await page.getByRole('link', { name: '成员' }).click()
      await page.getByLabel('登录名').fill(head.login)
      await page.getByRole('button', { name: '添加', exact: true }).click()
      await page.getByRole('cell', { name: head.login }).waitFor()
      await picture(page, 'app-members-zh')
      await expectAccessible(page)
      await page.getByRole('link', { name: '进入测试模式' }).click()
      await page.getByText('测试模式：这里的数据与款项都不是真的').waitFor()
    },
    SLOW_MS,
  )

  test(
    'asks for live access, which somebody else approves',
    async () => {
      await seeEverythingDone(app)
      const page = await as(developer)
      await page.goto(`${apiBase()}/console/apps/${app.app_id}/live`)
      await page.getByLabel('为什么需要').fill('秋季学期开始收费')
      await page.getByLabel('联系人').fill('陈晓 8765')
      await picture(page, 'app-live-ask-zh')
      await page.getByRole('button', { name: '提交申请' }).click()
      await page.getByText('申请正在等待审批').waitFor()
      await picture(page, 'app-live-waiting-zh')

      const other = await as(head)
      await other.goto(`${apiBase()}/console/approvals`)
      await other.getByText('秋季学期开始收费').waitFor()
      await picture(other, 'approvals-zh')
      await expectAccessible(other)
      await other.getByRole('button', { name: '批准' }).click()
      await other.getByRole('dialog').getByRole('button', { name: '批准' }).click()
      await other.getByText('没有等待审批的申请').waitFor()
      await page.reload()
      await page.getByText('已批准').first().waitFor()
    },
    SLOW_MS,
  )

  describe.each(['zh', 'en'] as const)('in %s', (language) => {
    test.each([1280, 768])(
      'every page can be used at %i pixels',
      async (width) => {
        const pages: readonly (readonly [SignedInOperator, string, string])[] = [
          [developer, 'apps', '/console/apps'],
          [developer, 'app', `/console/apps/${app.app_id}`],
          [developer, 'keys', `/console/test/${app.app_id}/keys`],
          [developer, 'key', `/console/test/${app.app_id}/keys/${app.key_id}`],
          [developer, 'key-tools', `/console/test/${app.app_id}/key_tools`],
          [developer, 'account', '/console/account'],
          [admin, 'people', '/console/operators'],
          [admin, 'person', `/console/operators/${developer.operator_id}`],
          [admin, 'invitations', '/console/operators/invitations'],
          [admin, 'roles', '/console/operators/roles'],
          [admin, 'missing', '/console/nowhere'],
        ]
        for (const [person, name, path] of pages) {
          const page = await as(person, { language, width })
          await page.goto(apiBase() + path)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.waitForLoadState('networkidle')
          await picture(page, `${name}-${language}-${width}`)
          await expectAccessible(page)
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          expect({ name, wide: wide <= width }).toEqual({ name, wide: true })
        }
      },
      180_000,
    )
  })
})

/** As if the sandbox had seen all of it; that it sees the right things is tested where it looks. */
async function seeEverythingDone({ institution_id, app_id }: TestApp): Promise<void> {
  for (const item of CHECKLIST_ITEMS) {
    await queryPlatform(
      `insert into go_live_evidence (institution_id, app_id, item, object_id, seen_at)
       values ($1, $2, $3, 'req_01', now()) on conflict do nothing`,
      [institution_id, app_id, item],
    )
  }
}
