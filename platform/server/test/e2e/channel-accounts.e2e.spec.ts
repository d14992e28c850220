import { describe, expect, test } from '@jest/globals'
import { apiBase, simulatorBase } from '../support/bursar-command.js'
import { channelAccountBody } from '../support/channel-accounts.js'
import { describeResource, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { paymentBody } from '../support/fixtures.js'
import { openApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { addKey, openStage } from '../support/stage.js'
import { until } from '../support/until.js'

const stage = openStage()
/** Of the app's own department: the institution's would take the money of every other spec. */
const body = (changes: Parameters<typeof channelAccountBody>[0] = {}) =>
  channelAccountBody({ department: stage.own.department_id, ...changes })
const create = (changes: Parameters<typeof channelAccountBody>[0] = {}) =>
  stage.own.bursar.channelAccounts.create(body(changes))
/** Disabled, so that it takes no payment of this file. */
const newAccount = async () => stage.own.bursar.channelAccounts.disable((await create()).id)

const accounts = describeResource(stage, {
  collection: '/v1/channel_accounts',
  id: async () => (await newAccount()).id,
  missing: 'channel_account_not_found',
})

describe('POST /v1/channel_accounts', () => {
  describeWrite(stage, {
    path: () => '/v1/channel_accounts',
    body,
    status: 201,
    invalid: {
      body: { ...channelAccountBody(), channel: 'pigeon' },
      code: 'field_value_invalid',
      pointer: '/channel',
    },
  })

  test('keeps an account and never shows its secrets again', async () => {
    const given = body()
    const answer = await stage.own.send({ path: '/v1/channel_accounts', body: given })
    expect(answer.json).toMatchObject({
      ...{ object: 'channel_account', status: 'unverified', check: null, name: given.name },
      settings: { base_url: 'https://api.mch.example.com', app_id: 'wx8888888888888888' },
      health: { state: 'closed' },
    })
    const { id } = answer.json
    const texts = [answer.text, (await stage.own.send({ path: `/v1/channel_accounts/${id}` })).text]
    for (const text of texts) {
      expect(text).not.toContain('0123456789abcdef0123456789abcdef')
      expect(text).not.toContain('PRIVATE KEY')
    }
    const fields = answer.json.secrets.map(({ field }: { field: string }) => field).sort()
    expect(fields).toEqual(['api_v3_key', 'merchant_private_key', 'platform_public_key'])
    await stage.own.bursar.channelAccounts.disable(id)
  })

  test('names every wrong setting by its pointer', async () => {
    const settings = { ...body().settings, api_v3_key: 'short', platform_public_key: 'no PEM' }
    const answer = await stage.own.send({
      path: '/v1/channel_accounts',
      body: { ...body(), settings },
    })
    expectProblem(answer, 422, 'channel_settings_invalid')
    const pointers = answer.json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()
    expect(pointers).toEqual(['/settings/api_v3_key', '/settings/platform_public_key'])
    expect(answer.text).not.toContain('no PEM')
  })

  test.each(['http://localhost:1', 'https://127.0.0.1', 'https://169.254.169.254/'])(
    'refuses %s, which is no provider’s address',
    async (base_url) => {
      const answer = await stage.own.send({
        path: '/v1/channel_accounts',
        body: { ...body(), settings: { ...body().settings, base_url } },
      })
      expectProblem(answer, 422, 'channel_settings_invalid')
      expect(answer.json.errors[0].pointer).toBe('/settings/base_url')
    },
  )

  test('refuses another department', async () => {
    const department = stage.neighbour.department_id
    const answer = await stage.own.send({
      path: '/v1/channel_accounts',
      body: { ...body(), department },
    })
    expectProblem(answer, 404, 'department_not_found')
    expect(answer.json.errors[0].pointer).toBe('/department')
  })

  test('tries an account at its provider unless told not to', async () => {
    const settings = { ...body().settings, base_url: `${simulatorBase()}/wechatpay` }
    const answer = await stage.own.send({
      path: '/v1/channel_accounts',
      body: { ...body(), settings, check: true },
    })
    // Nobody registered this merchant there: the provider refuses it, or says nothing that is signed.
    if (answer.status === 422) return expectProblem(answer, 422, 'channel_account_refused')
    expect(answer.json).toMatchObject({ status: 'unverified', check: { result: 'unknown' } })
    await stage.own.bursar.channelAccounts.disable(answer.json.id)
  })

  test('lets no simulator into a live account', async () => {
    const live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
    const settings = { ...body().settings, base_url: `${simulatorBase()}/wechatpay` }
    const answer = await live.send({
      path: '/v1/channel_accounts',
      body: { ...body(), settings },
    })
    expectProblem(answer, 422, 'channel_settings_invalid')
  })
})

describe('POST /v1/channel_accounts/{id}', () => {
  accounts.describeChange({
    body: () => ({ name: '新的名字' }),
    invalid: { body: { merchant_id: '1' }, code: 'field_unknown', pointer: '/merchant_id' },
  })

  test('changes one setting and leaves the secrets as they are', async () => {
    const before = await newAccount()
    const after = await stage.own.bursar.channelAccounts.update(before.id, {
      ...{ settings: { app_id: 'wx9999999999999999' }, check: false },
    })
    expect(after.settings.app_id).toBe('wx9999999999999999')
    expect(after.secrets).toEqual(before.secrets)
  })
})

describe.each(['check', 'disable', 'enable'])('POST /v1/channel_accounts/{id}/%s', (action) => {
  accounts.describeChange({ action })
})

describe('GET /v1/channel_accounts/{id}/incidents', () => {
  accounts.describeForeign('GET', 'incidents')

  test('shows what was sent in the name of the provider', async () => {
    const { id } = await newAccount()
    const url = new URL(`/notify/wechatpay/${id}/payments`, apiBase())
    const forged = await fetch(url, { method: 'POST', body: '{"forged":true}' })
    expect(forged.status).toBeGreaterThanOrEqual(400)
    const list = async () => (await stage.own.bursar.channelAccounts.listIncidents(id)).data
    const [incident] = await until(list, (found) => found.length > 0)
    expect(incident).toMatchObject({ kind: 'notification_refused', account: id, suppressed: 0 })
    expect(Buffer.from(incident?.excerpt ?? '', 'base64').toString()).toBe('{"forged":true}')
  })
})

describe('a payment', () => {
  test('does not go to an account that is disabled or that does not open', async () => {
    const { id } = await create()
    const pay = () =>
      stage.own.send({ path: '/v1/payments', body: paymentBody({ channel: 'wechatpay' }) })
    await queryPlatform("update channel_accounts set settings = '\\x00' where id = $1", [id])
    // The institution's own account takes it: what is broken stands in nobody's way while another one fits.
    expect((await pay()).status).toBe(201)
    await stage.own.bursar.channelAccounts.disable(id)
    expect((await pay()).status).toBe(201)
  })
})
