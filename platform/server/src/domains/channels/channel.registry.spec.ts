import { describe, expect, test } from '@jest/globals'
import { CHANNEL_CODES } from './channel.port.js'
import { ChannelRegistry } from './channel.registry.js'

const registry = new ChannelRegistry()

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

  test.each(CHANNEL_CODES)('refuses empty settings of %s', (code) => {
    expect(() => registry.parseSettings(code, {}, 'main')).toThrow(
      expect.objectContaining({ code: 'channel_account_invalid' }),
    )
  })
})
