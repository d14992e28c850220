import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { encrypt, Vault } from '../../infra/crypto/vault.js'
import { newId } from '../../kernel/id.js'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountRepository } from './channel-account.repository.js'
import { ChannelAccountService } from './channel-account.service.js'
import { makeWechatpayFixture } from './wechatpay/wechatpay-fixture.conformance.js'

const { settings } = makeWechatpayFixture()
const masterKey = randomBytes(32)
// Every institution has a data key; where it is stored is identity's business.
const vault = new Vault(masterKey, {
  find: async (id) => encrypt(masterKey, `institutions.data_key:${id}`, Buffer.alloc(32, id)),
})

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

/** A process of its own, whose cache is empty. */
const newService = () =>
  new ChannelAccountService(new ChannelAccountRepository(db.database), new ChannelRegistry(), vault)

function input(institution_id: string, changes: object = {}) {
  const base = { institution_id, livemode: false, channel: 'wechatpay', name: 'main' }
  return { ...base, merchant_id: '1900007291', settings, ...changes }
}

describe('create', () => {
  test('makes an account that other processes read with the same settings', async () => {
    const inst = newId('inst')
    const created = await newService().create(input(inst))
    expect(created).toMatchObject({ institution_id: inst, livemode: false, settings })
    const service = newService()
    expect(await service.active(inst, false, 'wechatpay')).toEqual(created)
    expect(await service.get(inst, false, created.id)).toEqual(created)
    expect(await service.findForNotification(created.id)).toEqual(created)
  })

  test('stores no key in the clear', async () => {
    const { id } = await newService().create(input(newId('inst')))
    const rows = await db.database.query<{ settings: Buffer }>(
      'select settings from channel_accounts where id = $1',
      [id],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.settings.includes(settings.api_v3_key ?? '')).toBe(false)
    expect(rows[0]?.settings.includes('PRIVATE KEY')).toBe(false)
  })

  test('refuses settings that fit no schema, and stores nothing', async () => {
    const inst = newId('inst')
    const service = newService()
    await expect(service.create(input(inst, { settings: {} }))).rejects.toMatchObject({
      code: 'channel_account_invalid',
    })
    await expect(service.active(inst, false, 'wechatpay')).rejects.toMatchObject({
      code: 'channel_account_missing',
    })
  })

  test('refuses a channel that does not exist', async () => {
    const creating = newService().create(input(newId('inst'), { channel: 'paypal' }))
    await expect(creating).rejects.toMatchObject({ code: 'channel_unknown' })
  })
})

describe('finding', () => {
  test('never crosses institutions or modes', async () => {
    const inst = newId('inst')
    const service = newService()
    const { id } = await service.create(input(inst))
    const missing = { code: 'channel_account_missing' }
    await expect(service.active(inst, true, 'wechatpay')).rejects.toMatchObject(missing)
    await expect(service.active(newId('inst'), false, 'wechatpay')).rejects.toMatchObject(missing)
    await expect(service.get(inst, true, id)).rejects.toMatchObject(missing)
    await expect(service.get(newId('inst'), false, id)).rejects.toMatchObject(missing)
  })

  test('takes the newest active account, and at once after its creation', async () => {
    const inst = newId('inst')
    const service = newService()
    await service.create(input(inst))
    await service.active(inst, false, 'wechatpay')
    const newer = await service.create(input(inst, { merchant_id: '1900007292' }))
    expect(await service.active(inst, false, 'wechatpay')).toEqual(newer)
  })

  test('gives a disabled account no new orders but still finds it for its old ones', async () => {
    const inst = newId('inst')
    const { id } = await newService().create(input(inst))
    await db.database.query("update channel_accounts set status = 'disabled' where id = $1", [id])
    const service = newService()
    await expect(service.active(inst, false, 'wechatpay')).rejects.toMatchObject({
      code: 'channel_account_missing',
    })
    expect((await service.get(inst, false, id)).id).toBe(id)
    expect((await service.findForNotification(id))?.id).toBe(id)
  })

  test('finds nothing for a notification to an unknown account', async () => {
    expect(await newService().findForNotification(newId('cha'))).toBeNull()
  })

  test('does not open settings that were copied from another row', async () => {
    const inst = newId('inst')
    const first = await newService().create(input(inst))
    const second = await newService().create(input(inst))
    await db.database.query(
      `update channel_accounts set settings =
         (select settings from channel_accounts where id = $1) where id = $2`,
      [first.id, second.id],
    )
    await expect(newService().findForNotification(second.id)).rejects.toThrow()
  })
})
