import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js'
import { CHANNEL_CODES } from '../../channels/channel.port.js'
import { ChannelRegistry } from '../../channels/channel.registry.js'
import { createSimulators } from '../simulators/simulators.app.js'
import { SANDBOX_ACCOUNTS } from './sandbox-account.table.js'

const registry = new ChannelRegistry()
let database: TestDatabase
let simulators: FastifyInstance
let origin: string

beforeAll(async () => {
  database = await createTestDatabase()
  simulators = createSimulators({
    pool: database.pool,
    logger: pino({ level: 'silent' }),
    publicBase: 'http://localhost:3100',
  })
  origin = await simulators.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await simulators.close()
  await database.drop()
})

const simulated = CHANNEL_CODES.filter((code) => SANDBOX_ACCOUNTS[code]?.isInHouse !== true)

describe('an account in the sandbox', () => {
  test.each(simulated)('at %s has settings that may be saved, and works', async (channel) => {
    const opened = await SANDBOX_ACCOUNTS[channel]?.open({
      merchant_name: '示范大学',
      base_url: `${origin}/${channel}`,
      register: (merchant) => register(channel, merchant),
    })
    if (!opened) throw new Error(`${channel} opens no account`)
    const settings = registry.parseSettings(channel, opened.settings, channel)
    const account = {
      institution_id: 'inst_00000000000000000000000000',
      livemode: false,
      id: `cha_${channel}`,
      channel,
      merchant_id: opened.merchant_id,
      settings,
    }
    expect(await registry.of(channel).checkAccount(account)).toEqual({ kind: 'works' })
  })
})

async function register(channel: string, merchant: object): Promise<unknown> {
  const response = await fetch(`${origin}/_control/${channel}/merchants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(merchant),
  })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}
