import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { withNewKey } from '../../../../test/support/callers.js'
import type { Caller } from '../../../infra/http/caller.js'
import { type ChannelFixture, makeChannelFixture } from '../channel.fixture.js'
import { makeWechatpayFixture } from '../wechatpay/wechatpay-fixture.conformance.js'
import { CreateChannelAccount, UpdateChannelAccount } from './channel-account.schema.js'

const wechatpay = makeWechatpayFixture()
const settings: Record<string, string> = {
  ...wechatpay.settings,
  base_url: 'https://api.example.com',
}

let f: ChannelFixture
let caller: Caller
beforeAll(async () => {
  f = await makeChannelFixture()
  caller = f.tenant.caller
})
beforeEach(() => {
  f.provider.check = { kind: 'works' }
})
afterAll(() => f.db.drop())

const body = (changes: object = {}) =>
  CreateChannelAccount.parse({
    ...{ channel: 'wechatpay', name: '微信支付', merchant_id: '1900007291', settings },
    ...changes,
  })
const create = async (changes: object = {}, by = caller) =>
  (await f.admin.create(withNewKey(by), body(changes))).body
const update = (id: string, changes: object, by = caller) =>
  f.admin.update(withNewKey(by), id, UpdateChannelAccount.parse(changes))
const refusal = async (working: Promise<unknown>) => {
  const error = await working.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error
}
const count = () => f.rows.count(caller)

describe('create', () => {
  test('tries the account and shows nothing secret of it', async () => {
    const account = await create()
    expect(account).toMatchObject({
      ...{ object: 'channel_account', status: 'active', department: null, livemode: false },
      check: { result: 'works', message: null },
      health: { state: 'closed', since: null, last_error: null },
      settings: { base_url: 'https://api.example.com', app_id: wechatpay.settings.app_id },
    })
    expect(account.secrets.map(({ field, kind }) => `${field} ${kind}`).sort()).toEqual([
      'api_v3_key secret',
      'merchant_private_key private_key',
      'platform_public_key public_key',
    ])
    const text = JSON.stringify([account, await f.admin.get(caller, account.id)])
    expect(text).not.toContain(settings.api_v3_key)
    expect(text).not.toContain('KEY-----')
  })

  test('saves nothing that the provider refuses, and says what it said', async () => {
    f.provider.check = { kind: 'refused', code: 'SIGN_ERROR', message: '签名错误' }
    const before = await count()
    expect(await refusal(create())).toMatchObject({
      code: 'channel_account_refused',
      spec: { status: 422 },
      message: expect.stringContaining('签名错误'),
    })
    expect(await count()).toBe(before)
  })

  test('saves what nobody could try, as unverified, with the reason', async () => {
    f.provider.check = { kind: 'unknown', reason: 'no answer in 10 s' }
    expect(await create()).toMatchObject({
      status: 'unverified',
      check: { result: 'unknown', message: 'no answer in 10 s' },
    })
  })

  test('does not try when asked not to', async () => {
    const calls = f.provider.checked.length
    expect(await create({ check: false })).toMatchObject({ status: 'unverified', check: null })
    expect(f.provider.checked).toHaveLength(calls)
  })

  test('names every wrong setting, repeats none, and asks the provider nothing', async () => {
    const calls = f.provider.checked.length
    const { app_id: _, ...known } = settings
    const wrong = { api_v3_key: 'far-too-short', merchant_private_key: 'nonsense', x: 1 }
    const withoutAppId = { ...known, ...wrong }
    const error = await refusal(create({ settings: withoutAppId }))
    expect(error).toMatchObject({ code: 'channel_settings_invalid', spec: { status: 422 } })
    expect(error).toMatchObject({
      options: {
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: '/settings/api_v3_key' }),
          expect.objectContaining({ pointer: '/settings/merchant_private_key' }),
          expect.objectContaining({ pointer: '/settings/app_id', code: 'field_missing' }),
          expect.objectContaining({ pointer: '/settings/x', code: 'field_unknown' }),
        ]),
      },
    })
    expect(String(error)).not.toContain('far-too-short')
    expect(f.provider.checked).toHaveLength(calls)
  })

  test('refuses an address inside our own network', async () => {
    const error = refusal(create({ settings: { ...settings, base_url: 'http://localhost:5432' } }))
    expect(await error).toMatchObject({
      code: 'channel_settings_invalid',
      options: { errors: [{ pointer: '/settings/base_url' }] },
    })
  })

  test('lets an app look after its own department’s and the institution’s accounts only', async () => {
    const { department_id } = caller
    const own = await create({ department: department_id })
    expect(own.department).toBe(department_id)
    const foreign = f.tenant.otherAppCaller
    expect(await refusal(create({ department: department_id }, foreign))).toMatchObject({
      code: 'department_not_found',
    })
    const notFound = { code: 'channel_account_not_found' }
    expect(await refusal(f.admin.get(foreign, own.id))).toMatchObject(notFound)
    expect(await refusal(update(own.id, { name: 'x' }, foreign))).toMatchObject(notFound)
    expect(await refusal(f.admin.disable(foreign, own.id))).toMatchObject(notFound)
    expect(await refusal(f.admin.check(foreign, own.id))).toMatchObject(notFound)
    const shared = await create()
    expect((await f.admin.get(foreign, shared.id)).id).toBe(shared.id)
    for (const stranger of [f.tenant.otherInstitutionCaller, f.tenant.liveCaller]) {
      expect(await refusal(f.admin.get(stranger, shared.id))).toMatchObject(notFound)
    }
    const query = { limit: 100 }
    const seen = (await f.admin.list(foreign, query)).data.map(({ id }) => id)
    expect(seen).toContain(shared.id)
    expect(seen).not.toContain(own.id)
  })

  test('makes one account of a call that is repeated after a crash', async () => {
    const call = withNewKey(caller)
    const first = await f.admin.create(call, body())
    const before = await count()
    expect((await f.admin.create(call, body())).body).toEqual(first.body)
    expect(await count()).toBe(before)
  })
})

describe('update', () => {
  test('changes the settings that are given and keeps the secrets that are not', async () => {
    const { id, updated_at } = await create()
    f.clock.advance(1_000)
    const changed = await update(id, { settings: { app_id: 'wx-new' } })
    expect(changed.settings.app_id).toBe('wx-new')
    expect(changed.updated_at).not.toBe(updated_at)
    const opened = await f.process().accounts.get(caller.institution_id, false, id)
    expect(opened.settings).toEqual({ ...settings, app_id: 'wx-new' })
    expect(f.provider.checked.at(-1)).toEqual(opened.settings)
  })

  test('changes nothing when the provider refuses the new settings', async () => {
    const { id } = await create()
    f.provider.check = { kind: 'refused', code: 'NO_AUTH', message: 'no such app' }
    const error = await refusal(update(id, { settings: { app_id: 'wx-bad' } }))
    expect(error).toMatchObject({ code: 'channel_account_refused' })
    expect((await f.admin.get(caller, id)).settings.app_id).toBe(settings.app_id)
  })

  test('tells one of two who change the settings at once to look again', async () => {
    const { id } = await create()
    let waiting = 0
    let go = () => {}
    const bothCame = new Promise<void>((resolve) => {
      go = resolve
    })
    f.provider.whileChecking = () => {
      if (++waiting === 2) go()
      return bothCame
    }
    const both = await Promise.allSettled([
      update(id, { settings: { app_id: 'wx-a' } }),
      update(id, { settings: { app_id: 'wx-b' } }),
    ])
    f.provider.whileChecking = async () => {}
    const refused = both.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused).toEqual([
      expect.objectContaining({
        reason: expect.objectContaining({ code: 'channel_account_conflict' }),
      }),
    ])
  })

  test('mends an account whose secrets no longer open, when all of them are given again', async () => {
    const { id } = await create()
    await f.database.query("update channel_accounts set settings = '\\x00' where id = $1", [id])
    const mended = f.process()
    expect(
      await refusal(mended.admin.update(withNewKey(caller), id, { settings: {} })),
    ).toMatchObject({
      code: 'channel_settings_invalid',
    })
    const whole = UpdateChannelAccount.parse({ settings })
    expect((await mended.admin.update(withNewKey(caller), id, whole)).status).toBe('active')
    expect((await mended.accounts.get(caller.institution_id, false, id)).settings).toEqual(settings)
  })
})

describe('check', () => {
  test('makes a tried account active, one that was refused unusable, and mended ones active again', async () => {
    const { id } = await create({ check: false })
    expect((await f.admin.check(caller, id)).status).toBe('active')
    f.provider.check = { kind: 'refused', code: 'REVOKED', message: 'certificate revoked' }
    expect(await f.admin.check(caller, id)).toMatchObject({
      status: 'unusable',
      check: { result: 'refused', message: 'REVOKED: certificate revoked' },
    })
    f.provider.check = { kind: 'works' }
    expect((await f.admin.check(caller, id)).status).toBe('active')
  })

  test('of an account whose secrets do not open says so', async () => {
    const { id } = await create()
    await f.database.query("update channel_accounts set settings = '\\x00' where id = $1", [id])
    expect(await refusal(f.admin.check(caller, id))).toMatchObject({
      code: 'channel_account_unusable',
      message: expect.stringContaining('enter all of them again'),
    })
  })
})

describe('disable and enable', () => {
  test('go back to what the account was, however often they are said', async () => {
    const { id } = await create()
    for (const _ of [1, 2]) expect((await f.admin.disable(caller, id)).status).toBe('disabled')
    expect((await f.admin.check(caller, id)).status).toBe('disabled')
    for (const _ of [1, 2]) expect((await f.admin.enable(caller, id)).status).toBe('active')
    const untried = await create({ check: false })
    await f.admin.disable(caller, untried.id)
    expect((await f.admin.enable(caller, untried.id)).status).toBe('unverified')
  })
})

test('the database lets nobody turn an account into another merchant’s', async () => {
  const { id } = await create()
  const turning = f.database.query("update channel_accounts set merchant_id = 'x' where id = $1", [
    id,
  ])
  await expect(turning).rejects.toThrow('never change')
})
