import { describe, expect, test } from '@jest/globals'
import type { ChannelOrder } from '../channel.port.js'
import { type GetHarness, paidOrder } from './harness.conformance.js'

export function describeOrders(get: GetHarness): void {
  const place = (order: ChannelOrder) => get().channel.placeOrder(get().account, order)
  const query = (order: ChannelOrder) => get().channel.queryOrder(get().account, order.order_no)
  const close = (order: ChannelOrder) => get().channel.closeOrder(get().account, order.order_no)
  const play = (order: ChannelOrder, action: 'pay' | 'refuse' | 'abandon') =>
    get().play(order.order_no, action, 'lost')

  const placed = async (overrides: Partial<ChannelOrder> = {}) => {
    const order = get().order(overrides)
    expect(await place(order)).toEqual({ kind: 'placed', code_url: expect.stringMatching(/./) })
    return order
  }

  describe('an order', () => {
    test('is placed, and waits for its payer', async () => {
      expect(await query(await placed())).toEqual({ kind: 'waiting' })
    })

    test('placed again with the same words is the same order', async () => {
      const order = await placed()
      expect((await place(order)).kind).toBe('placed')
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

    test('takes a description in any script, of any length', async () => {
      await placed({ description: `2026 学年学费 «&<>" 😀 ${'学'.repeat(300)}` })
    })

    test('has failed when its payer’s payment was refused', async () => {
      const order = await placed()
      await play(order, 'refuse')
      expect(await query(order)).toMatchObject({
        kind: 'failed',
        code: expect.stringMatching(/^[a-z_]+$/),
        message: expect.stringMatching(/./),
      })
    })

    test('still waits when its payer walked away', async () => {
      const order = await placed()
      await play(order, 'abandon')
      expect(await query(order)).toEqual({ kind: 'waiting' })
    })

    test('that was paid is not placed a second time', async () => {
      const order = await paidOrder(get())
      expect(await place(order)).toEqual({ kind: 'already_paid' })
    })
  })

  describe('closing', () => {
    test('ends an order, and once more says the same', async () => {
      const order = await placed()
      expect(await close(order)).toEqual({ kind: 'closed' })
      expect(await query(order)).toEqual({ kind: 'closed' })
      expect(await close(order)).toEqual({ kind: 'closed' })
    })

    test('does not end an order that was paid', async () => {
      const order = await paidOrder(get())
      expect(await close(order)).toEqual({ kind: 'already_paid' })
      expect((await query(order)).kind).toBe('paid')
    })

    test('ends an order whose payer walked away', async () => {
      const order = await placed()
      await play(order, 'abandon')
      expect(await close(order)).toEqual({ kind: 'closed' })
    })

    test('says nothing about an order that is not there, for it may be on its way', async () => {
      expect((await close(get().order())).kind).toBe('unknown')
    })

    test('keeps the number from being used again', async () => {
      const order = await placed()
      await close(order)
      expect((await place(order)).kind).toBe('refused')
    })

    test('does not stop money that was already on its way', async () => {
      const order = await placed()
      await close(order)
      await play(order, 'pay')
      expect(await query(order)).toMatchObject({ kind: 'paid', amount: order.amount })
    })
  })

  describe('an expired order', () => {
    const expired = async () => {
      const order = await placed({ expires_at: soon() })
      get().advance(11 * 60_000)
      return order
    }
    // The harness moves its own clock, so expiry is counted from the order it would make now.
    const soon = () => new Date(get().order().expires_at.getTime() - 20 * 60_000)

    test('is neither paid nor failed, and closing ends it', async () => {
      const order = await expired()
      expect(['waiting', 'closed']).toContain((await query(order)).kind)
      expect(await close(order)).toEqual({ kind: 'closed' })
    })

    test('is paid when the money was already on its way', async () => {
      const order = await expired()
      await play(order, 'pay')
      expect((await query(order)).kind).toBe('paid')
    })
  })
}
