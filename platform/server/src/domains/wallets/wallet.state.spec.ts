import { describe, expect, test } from '@jest/globals'
import { WALLET_STATUSES, WALLET_TRANSITIONS, WALLET_TRIGGERS } from './wallet.state.js'
import {
  WALLET_ORDER_STATUSES,
  WALLET_ORDER_TRANSITIONS,
  WALLET_ORDER_TRIGGERS,
} from './wallet-order.state.js'

/** Written out once more, from the specification; a dash is a refusal. */
const WALLET: Record<string, readonly string[]> = {
  // freeze, unfreeze, close
  active: ['frozen', '-', 'closed'],
  frozen: ['-', 'active', 'closed'],
  closed: ['-', '-', '-'],
}
const ORDER: Record<string, readonly string[]> = {
  // charge, refuse, close, expire
  waiting: ['paid', 'refused', 'closed', 'expired'],
  paid: ['-', '-', '-', '-'],
  refused: ['-', '-', '-', '-'],
  closed: ['-', '-', '-', '-'],
  expired: ['-', '-', '-', '-'],
}

const walletCells = WALLET_STATUSES.flatMap((status) =>
  WALLET_TRIGGERS.map((trigger, column) => ({ status, trigger, to: WALLET[status]?.[column] })),
)
const orderCells = WALLET_ORDER_STATUSES.flatMap((status) =>
  WALLET_ORDER_TRIGGERS.map((trigger, column) => ({
    status,
    trigger,
    to: ORDER[status]?.[column],
  })),
)

describe('a wallet', () => {
  test.each(walletCells)('that is $status, $trigger: $to', ({ status, trigger, to }) => {
    expect(WALLET_TRANSITIONS[status][trigger] ?? '-').toBe(to)
  })
})

describe('an order of the campus card', () => {
  test.each(orderCells)('that is $status, $trigger: $to', ({ status, trigger, to }) => {
    expect(WALLET_ORDER_TRANSITIONS[status][trigger] ?? '-').toBe(to)
  })
})
