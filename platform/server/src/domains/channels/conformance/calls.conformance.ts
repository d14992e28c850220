import { describe, expect, test } from '@jest/globals'
import type { RefundState } from '../channel.port.js'
import { eventually, type GetHarness, openOrder, paidOrder, testIf } from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

const DEADLINE_MS = 400
const UNKNOWN = { kind: 'unknown', reason: expect.stringMatching(/./) }

/** What a provider does to a call that changes something, when it is not well. */
export function describeCalls(get: GetHarness, { places_by_call, order_exists }: Capabilities) {
  const ended = (ask: () => Promise<RefundState>) =>
    eventually(ask, ({ kind }) => kind !== 'processing')
  const isThere = order_exists === 'when_placed' ? 'waiting' : 'not_found'

  describe('placing an order', () => {
    testIf(places_by_call, 'that gets no answer and was not taken can be repeated', async () => {
      const { channel, account } = get()
      const order = get().order()
      await get().fault('timeout_before_acceptance', order.order_no, 1)
      expect(await get().impatientChannel(DEADLINE_MS).placeOrder(account, order)).toEqual(UNKNOWN)
      expect(await channel.queryOrder(account, order)).toEqual({ kind: 'not_found' })
      expect((await channel.placeOrder(account, order)).kind).toBe('placed')
    })

    testIf(
      places_by_call,
      'that gets no answer although it was taken is the same order',
      async () => {
        const { channel, account } = get()
        const order = get().order()
        await get().fault('timeout_after_acceptance', order.order_no, 1)
        expect(await get().impatientChannel(DEADLINE_MS).placeOrder(account, order)).toEqual(
          UNKNOWN,
        )
        expect((await channel.queryOrder(account, order)).kind).toBe(isThere)
        expect((await channel.placeOrder(account, order)).kind).toBe('placed')
      },
    )

    testIf(places_by_call, 'whose result the provider does not know is unknown', async () => {
      const { channel, account } = get()
      const order = get().order()
      await get().fault('result_unknown', order.order_no, 1)
      expect(await channel.placeOrder(account, order)).toEqual(UNKNOWN)
      expect(['waiting', 'not_found']).toContain((await channel.queryOrder(account, order)).kind)
      const again = await channel.placeOrder(account, order)
      if (again.kind !== 'placed') throw new Error(`it was not placed again: ${again.kind}`)
      await get().open(again.next_action)
      await get().play(order.order_no, 'pay', 'lost')
      expect((await channel.queryOrder(account, order)).kind).toBe('paid')
    })

    testIf(places_by_call, 'may be refused, for good', async () => {
      const { channel, account } = get()
      const order = get().order()
      await get().fault('order_refused', order.order_no)
      expect(await channel.placeOrder(account, order)).toMatchObject({
        kind: 'refused',
        code: expect.stringMatching(/^[a-z0-9_.]+$/),
        message: expect.stringMatching(/./),
      })
      expect(await channel.queryOrder(account, order)).toEqual({ kind: 'not_found' })
    })

    if (places_by_call !== true) {
      test('may be refused by the page, and then there is no order', async () => {
        const { channel, account } = get()
        const order = get().order()
        await get().fault('order_refused', order.order_no)
        const placed = await channel.placeOrder(account, order)
        if (placed.kind !== 'placed') throw new Error(`it was not placed: ${placed.kind}`)
        await get()
          .open(placed.next_action)
          .catch(() => undefined)
        expect(await channel.queryOrder(account, order)).toEqual({ kind: 'not_found' })
      })
    }

    test('takes the payer back to it after a fault of the network', async () => {
      const { channel, account } = get()
      const order = await openOrder(get())
      expect(await channel.queryOrder(get().behind('down'), order)).toEqual(UNKNOWN)
      expect(await channel.queryOrder(account, order)).toEqual({ kind: 'waiting' })
    })
  })

  describe('a refund', () => {
    test('that gets no answer and was not taken can be repeated', async () => {
      const { channel, account } = get()
      const order = await paidOrder(get())
      const refund = get().refundOf(order)
      await get().fault('timeout_before_acceptance', order.order_no, 1)
      expect(await get().impatientChannel(DEADLINE_MS).refund(account, refund)).toEqual(UNKNOWN)
      expect(await channel.queryRefund(account, refund)).toEqual({ kind: 'not_found' })
      await channel.refund(account, refund)
      expect((await ended(() => channel.queryRefund(account, refund))).kind).toBe('succeeded')
    })

    test('that gets no answer although it was taken is found', async () => {
      const { channel, account } = get()
      const order = await paidOrder(get())
      const refund = get().refundOf(order)
      await get().fault('timeout_after_acceptance', order.order_no, 1)
      expect(await get().impatientChannel(DEADLINE_MS).refund(account, refund)).toEqual(UNKNOWN)
      expect((await ended(() => channel.queryRefund(account, refund))).kind).toBe('succeeded')
    })

    test('whose result the provider does not know is unknown, and is given once', async () => {
      const { channel, account } = get()
      const order = await paidOrder(get(), { amount: { minor: 100n, currency: 'CNY' } })
      const amount = { minor: 60n, currency: 'CNY' } as const
      const refund = get().refundOf(order, { amount })
      await get().fault('result_unknown', order.order_no, 1)
      expect(await channel.refund(account, refund)).toEqual(UNKNOWN)
      const found = await ended(() => channel.queryRefund(account, refund))
      if (found.kind === 'not_found') await channel.refund(account, refund)
      const state = await ended(() => channel.queryRefund(account, refund))
      expect(state).toMatchObject({ kind: 'succeeded', amount })
      expect((await channel.refund(account, get().refundOf(order, { amount }))).kind).toBe('failed')
    })

    test('that cannot be paid out is never called succeeded, nor taken back as if unsent', async () => {
      const { channel, account } = get()
      const order = await paidOrder(get())
      const refund = get().refundOf(order)
      await get().fault('refund_abnormal', order.order_no)
      expect(['processing', 'unknown']).toContain((await channel.refund(account, refund)).kind)
      await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS))
      const state = await channel.queryRefund(account, refund)
      expect(['processing', 'unknown', 'failed']).toContain(state.kind)
    })

    test('in a foreign currency fails and is sent nowhere', async () => {
      const refund = get().refundOf(await paidOrder(get()), {
        amount: { minor: 100n, currency: 'EUR' },
      })
      const answer = await get().channel.refund(get().behind('down'), refund)
      expect(answer).toMatchObject({ kind: 'failed', code: 'currency_unsupported' })
    })
  })
}
