import { describe, expect, test } from '@jest/globals'
import { CHANNEL_METHODS, type ChannelMethod, type ChannelOrder } from '../channel.port.js'
import { type GetHarness, openOrder, paidOrder, testIf } from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

export function describeOrders(get: GetHarness, capabilities: Capabilities): void {
  const { places_by_call, order_exists, refused_order } = capabilities
  const place = (order: ChannelOrder) => get().channel.placeOrder(get().account, order)
  const query = (order: ChannelOrder) => get().channel.queryOrder(get().account, order)
  const play = (order: ChannelOrder, action: 'pay' | 'refuse' | 'abandon') =>
    get().play(order.order_no, action, 'lost')
  const opened = (overrides: Partial<ChannelOrder> = {}) => openOrder(get(), overrides)

  describe('an order', () => {
    test('is placed, and waits for its payer', async () => {
      expect(await query(await opened())).toEqual({ kind: 'waiting' })
    })

    test(`exists ${order_exists.replace('_', ' ')}`, async () => {
      const order = get().order()
      await place(order)
      const expected = order_exists === 'when_placed' ? 'waiting' : 'not_found'
      expect((await query(order)).kind).toBe(expected)
    })

    test('placed again with the same words is the same order', async () => {
      const order = await opened()
      const again = await place(order)
      if (again.kind !== 'placed') throw new Error(`it was not placed again: ${again.kind}`)
      await get().open(again.next_action)
      await play(order, 'pay')
      expect((await query(order)).kind).toBe('paid')
    })

    test('is not found before it is placed', async () => {
      expect(await query(get().order())).toEqual({ kind: 'not_found' })
    })

    test('carries the payer’s money, with everything the books compare', async () => {
      const order = await paidOrder(get())
      expect(await query(order)).toEqual({
        kind: 'paid',
        order_no: order.order_no,
        merchant_id: get().account.merchant_id,
        transaction_no: expect.stringMatching(/./),
        amount: order.amount,
        paid_at: expect.any(Date),
      })
    })

    test.each([1n, 9n, 10n, 99n, 100n, 101n, 1_999n, 123_456_789n])(
      'of %i fen is paid to the fen',
      async (minor) => {
        const order = await paidOrder(get(), { amount: { minor, currency: 'CNY' } })
        expect(await query(order)).toMatchObject({ kind: 'paid', amount: order.amount })
      },
    )

    test('says when it was paid, to the minute', async () => {
      const state = await query(await paidOrder(get()))
      const paidAt = state.kind === 'paid' ? state.paid_at.getTime() : 0
      expect(Math.abs(paidAt - get().now().getTime())).toBeLessThan(60_000)
    })

    test('takes a description in any script, of any length', async () => {
      const order = await paidOrder(get(), {
        description: `2026 学年学费 «&<>"'=/#%+|^ 😀\n${'学'.repeat(300)}`,
      })
      expect((await query(order)).kind).toBe('paid')
    })

    test(`${refused_order === 'failed' ? 'has failed' : 'still waits'} when its payer’s payment was refused`, async () => {
      const order = await opened()
      await play(order, 'refuse')
      const state = await query(order)
      expect(state.kind).toBe(refused_order)
      if (state.kind !== 'failed') return
      expect(state.code).toMatch(/^[a-z0-9_]+$/)
      expect(state.message).not.toBe('')
    })

    test('still waits when its payer walked away', async () => {
      const order = await opened()
      await play(order, 'abandon')
      expect(await query(order)).toEqual({ kind: 'waiting' })
    })

    testIf(places_by_call, 'that was paid is not placed a second time', async () => {
      const order = await paidOrder(get())
      expect(await place(order)).toEqual({ kind: 'already_paid' })
    })
  })

  describe('by each method', () => {
    test('it speaks, an order is paid', async () => {
      const paid = new Map<ChannelMethod, string>()
      for (const method of get().channel.methods) {
        paid.set(method, (await query(await paidOrder(get(), { method }))).kind)
      }
      expect(paid).toEqual(new Map(get().channel.methods.map((method) => [method, 'paid'])))
    })

    test('it does not speak, an order is refused and sent nowhere', async () => {
      const { channel } = get()
      const others = CHANNEL_METHODS.filter((method) => !channel.methods.includes(method))
      for (const method of others) {
        const order = get().order({ method })
        const answer = await channel.placeOrder(get().behind('down'), order)
        expect({ method, answer }).toMatchObject({
          answer: { kind: 'refused', code: 'method_unsupported' },
        })
      }
      expect(others.length).toBeGreaterThan(0)
    })

    test('a foreign currency is refused and sent nowhere', async () => {
      const order = get().order({ amount: { minor: 100n, currency: 'EUR' } })
      const answer = await get().channel.placeOrder(get().behind('down'), order)
      expect(answer).toMatchObject({ kind: 'refused', code: 'currency_unsupported' })
    })
  })
}
