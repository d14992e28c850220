import { setTimeout as sleep } from 'node:timers/promises'
import { test } from '@jest/globals'
import type { Fault } from '../../sandbox/simulators/simulator-faults.js'
import type { NotifyBehaviour, PlayAction } from '../../sandbox/simulators/simulator-play.js'
import type {
  Channel,
  ChannelAccount,
  ChannelOrder,
  ChannelRefund,
  NextAction,
  RawNotification,
} from '../channel.port.js'
import type { Capability } from './provider.conformance.js'

/**
 * What can stand where the provider should: nobody; something that speaks no protocol; the provider
 * with its signatures removed, with its answers altered, or with the answer lost on the way back.
 */
export const OUTAGES = ['down', 'garbage', 'unsigned', 'altered', 'answer_lost'] as const
/** The provider with only the file of its statements broken: a byte altered, or its end cut off. */
export const FILE_OUTAGES = ['file_altered', 'file_cut'] as const
export type Outage = (typeof OUTAGES)[number] | (typeof FILE_OUTAGES)[number]

export interface PaidOrder extends ChannelOrder {
  readonly transaction_no: string
}

/** One channel beside a running simulator of its provider. */
export interface ChannelHarness {
  readonly channel: Channel
  readonly account: ChannelAccount
  /** A new order, with a number of its own and a notify_url of its own at a local receiver. */
  order(overrides?: Partial<ChannelOrder>): ChannelOrder
  refundOf(order: ChannelOrder | PaidOrder, overrides?: Partial<ChannelRefund>): ChannelRefund
  /** Does with the browser or the camera what the payer has to do before there is anything to pay. */
  open(action: NextAction): Promise<void>
  /** Plays the payer at the simulator. */
  play(orderNo: string, action: PlayAction, notify: NotifyBehaviour): Promise<void>
  /** Sets a fault for one order, or for all of the merchant. */
  fault(fault: Fault, orderNo: string | null, times?: number): Promise<void>
  clearFaults(): Promise<void>
  /** What the provider delivered about an order or a refund, oldest first. */
  received(orderOrRefundNo: string): readonly RawNotification[]
  /** Of whom there were deliveries, in the order of their arrival. */
  arrivals(): readonly string[]
  /** The receiver refuses the next deliveries about this order or refund. */
  refuseNext(orderOrRefundNo: string, count: number): void
  forgeries(raw: RawNotification): readonly RawNotification[]
  /** The moment by the clock that the channel and the simulator share. */
  now(): Date
  advance(milliseconds: number): void
  /** A channel whose clock is wrong by so much. */
  channelAt(offsetMs: number): Channel
  /** A channel that waits no longer than this for an answer. */
  impatientChannel(deadlineMs: number): Channel
  /** The same account, behind an outage. */
  behind(outage: Outage): ChannelAccount
  /** The same account with something wrong in its settings, by what it is. */
  wrongAccounts(): ReadonlyMap<string, ChannelAccount>
  stop(): Promise<void>
}

export type GetHarness = () => ChannelHarness

const PATIENCE_MS = 10_000

/** A test of what not every provider can do. Left out, its name says why. */
export function testIf(capability: Capability, name: string, body: () => Promise<void>): void {
  if (capability === true) test(name, body)
  else test.skip(`${name} (not here: ${capability})`, body)
}

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

/** Places an order and lets the payer arrive at it. */
export async function openOrder(
  harness: ChannelHarness,
  overrides: Partial<ChannelOrder> = {},
): Promise<ChannelOrder> {
  const order = harness.order(overrides)
  const placed = await harness.channel.placeOrder(harness.account, order)
  if (placed.kind !== 'placed') throw new Error(`the order was not placed: ${show(placed)}`)
  await harness.open(placed.next_action)
  return order
}

/** An order that was paid without a notification. */
export async function paidOrder(
  harness: ChannelHarness,
  overrides: Partial<ChannelOrder> = {},
): Promise<PaidOrder> {
  const order = await openOrder(harness, overrides)
  await harness.play(order.order_no, 'pay', 'lost')
  return knownAsPaid(harness, order)
}

/** The order with the provider’s own number of its payment. */
export async function knownAsPaid(
  harness: ChannelHarness,
  order: ChannelOrder,
): Promise<PaidOrder> {
  const state = await harness.channel.queryOrder(harness.account, order)
  if (state.kind !== 'paid') throw new Error(`the order was not paid: ${show(state)}`)
  return { ...order, transaction_no: state.transaction_no }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))
}
