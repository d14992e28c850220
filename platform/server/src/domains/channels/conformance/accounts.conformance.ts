import { describe, expect, test } from '@jest/globals'
import { type GetHarness, OUTAGES } from './harness.conformance.js'

export function describeAccounts(get: GetHarness): void {
  describe('trying an account', () => {
    test('says that it works', async () => {
      expect(await get().channel.checkAccount(get().account)).toEqual({ kind: 'works' })
    })

    test('says what is wrong with a wrong secret, and repeats none', async () => {
      const wrong = get().wrongAccounts()
      for (const [name, account] of wrong) {
        const check = await get().channel.checkAccount(account)
        expect({ name, check }).toEqual({
          name,
          check: {
            kind: 'refused',
            code: expect.stringMatching(/^[a-z0-9_.]+$/),
            message: expect.stringMatching(/.{20}/),
          },
        })
        expect(JSON.stringify(check)).not.toContain('-----BEGIN')
      }
      expect(wrong.size).toBeGreaterThan(0)
    })

    test.each(OUTAGES)('behind the outage %s says nothing about it', async (outage) => {
      expect(await get().channel.checkAccount(get().behind(outage))).toEqual({
        kind: 'unknown',
        reason: expect.stringMatching(/./),
      })
    })

    test('places no order', async () => {
      await get().channel.checkAccount(get().account)
      expect(await get().channel.checkAccount(get().account)).toEqual({ kind: 'works' })
    })
  })
}
