import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Channel,
  ChannelAccount,
  ChannelOrder,
  ChannelRefund,
  RawNotification,
} from '../channel.port.js'

export type PayerAction = 'pay' | 'refuse' | 'abandon'
export type Delivery = 'normal' | 'lost' | 'duplicate' | 'late'

/**
 * What can stand where the provider should: nobody; something that speaks no protocol; the provider
 * with its signatures removed, with its answers altered, or with the answer lost on the way back.
 */
export const OUTAGES = ['down', 'garbage', 'unsigned', 'altered', 'answer_lost'] as const
export type Outage = (typeof OUTAGES)[number]

/** One channel beside a running simulator of its provider. */
export interface ChannelHarness {
  readonly channel: Channel
  readonly account: ChannelAccount
  /** A new order, with a number of its own and a notify_url of its own at a local receiver. */
  order(overrides?: Partial<ChannelOrder>): ChannelOrder
  refundOf(order: ChannelOrder, overrides?: Partial<ChannelRefund>): ChannelRefund
  /** Plays the payer at the simulator. */
  play(orderNo: string, action: PayerAction, delivery: Delivery): Promise<void>
  /** What the provider delivered about an order or a refund, oldest first. */
  received(orderOrRefundNo: string): readonly RawNotification[]
  /** The receiver refuses the next deliveries about this order or refund. */
  refuseNext(orderOrRefundNo: string, count: number): void
  /** The same content as others would send it: signed by a stranger, as the provider's own probe … */
  forgeries(raw: RawNotification): readonly RawNotification[]
  /** Moves the clock that the channel and the simulator share. */
  advance(milliseconds: number): void
  /** A channel whose clock is wrong by so much. */
  channelAt(offsetMs: number): Channel
  /** The same account, behind an outage. */
  behind(outage: Outage): ChannelAccount
  stop(): Promise<void>
}

export type GetHarness = () => ChannelHarness

const PATIENCE_MS = 10_000

/** Waits until `read` says something for which `isEnough` holds, and returns it. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  isEnough: (value: T) => boolean,
): Promise<T> {
  const deadlineMs = Date.now() + PATIENCE_MS
  for (;;) {
    const value = await read()
    if (isEnough(value)) return value
    if (Date.now() > deadlineMs) {
      throw new Error(`waited ${PATIENCE_MS} ms in vain; the last value was ${show(value)}`)
    }
    await sleep(25)
  }
}

export function deliveries(
  harness: ChannelHarness,
  no: string,
  count: number,
): Promise<readonly RawNotification[]> {
  return eventually(
    () => harness.received(no),
    (list) => list.length >= count,
  )
}

/** Places an order and has it paid without a notification. */
export async function paidOrder(
  harness: ChannelHarness,
  overrides: Partial<ChannelOrder> = {},
): Promise<ChannelOrder> {
  const order = harness.order(overrides)
  const placed = await harness.channel.placeOrder(harness.account, order)
  if (placed.kind !== 'placed') throw new Error(`the order was not placed: ${show(placed)}`)
  await harness.play(order.order_no, 'pay', 'lost')
  return order
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))
}
