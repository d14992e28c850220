import { describe, expect, test } from '@jest/globals'
import { createTestVault } from '../../../test/support/callers.js'
import { Database } from '../../infra/database/database.js'
import { systemClock } from '../../kernel/clock.js'
import { makeWalletServices } from '../wallets/wallet.fixture.js'
import { CampusCardChannel } from './campus-card/campus-card.channel.js'
import { makeCounter } from './cash/counter.fixture.js'
import { CHANNEL_CODES } from './channel.port.js'
import { ChannelRegistry } from './channel.registry.js'

/** Nothing here asks it anything: it is never connected to. */
const database = new Database('postgres://localhost:1/nowhere')
const wallets = makeWalletServices(database, createTestVault(database), systemClock)
const registry = new ChannelRegistry({
  campus_card: new CampusCardChannel(wallets.orders, wallets.refunds, wallets.statements),
  cash: makeCounter(database, wallets.identity, systemClock).channel,
})

describe('ChannelRegistry', () => {
  test.each(CHANNEL_CODES)('has the channel %s under its own code', (code) => {
    expect(registry.of(registry.parseCode(code)).code).toBe(code)
    expect(registry.of(code).methods.length).toBeGreaterThan(0)
  })

  test.each(['', 'WECHATPAY', 'toString', '__proto__'])('knows no channel %j', (text) => {
    expect(() => registry.parseCode(text)).toThrow(
      expect.objectContaining({ code: 'channel_unknown' }),
    )
  })

  const providers = CHANNEL_CODES.filter((code) => code !== 'campus_card' && code !== 'cash')
  test.each(providers)('refuses empty settings of %s', (code) => {
    expect(() => registry.parseSettings(code, {}, 'main')).toThrow(
      expect.objectContaining({ code: 'channel_account_invalid' }),
    )
  })

  test.each(['campus_card', 'cash'] as const)('refuses settings that %s does not have', (code) => {
    expect(() => registry.parseSettings(code, { base_url: 'https://x' }, 'main')).toThrow(
      expect.objectContaining({ code: 'channel_account_invalid' }),
    )
  })

  test('speaks of no channel of the house that it was not given', () => {
    expect(() => new ChannelRegistry().of('cash')).toThrow('was not given')
  })
})
