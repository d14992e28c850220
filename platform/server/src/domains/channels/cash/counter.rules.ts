import { randomInt } from 'node:crypto'
import { toMajorText } from '../../../kernel/money.js'
import { CounterError } from './counter.errors.js'
import type { CounterEntryRow, CounterOrderRow, Tender } from './counter.types.js'

/** What a cashier says about the money. */
export interface Received {
  readonly tender: Tender
  readonly received_amount: bigint
  readonly terminal_reference: string | null
  readonly cashier: string
}

/** Six digits, short enough to be told at a counter. Not in a row: nobody guesses their neighbour’s. */
export function newCounterNo(): string {
  return randomInt(100_000, 1_000_000).toString()
}

/**
 * What the payer gets back of the money they gave.
 * @throws CounterError counter_amount_short, counter_amount_differs
 */
export function changeOf(amount: bigint, { tender, received_amount }: Received): bigint {
  if (received_amount < amount) {
    throw amountError(
      'counter_amount_short',
      `${toMajorText(amount)} is to be paid; ${toMajorText(received_amount)} is not enough.`,
    )
  }
  if (tender === 'pos' && received_amount !== amount) {
    throw amountError(
      'counter_amount_differs',
      `A card terminal takes exactly what is to be paid: ${toMajorText(amount)}.`,
    )
  }
  return received_amount - amount
}

/** Whether the order was received in just this way. */
export function isSameReceipt(row: CounterOrderRow, received: Received): boolean {
  return (
    row.tender === received.tender &&
    row.received_amount === received.received_amount &&
    row.terminal_reference === received.terminal_reference &&
    row.cashier === received.cashier
  )
}

/** The number of a journal entry as people read it: the day and the running number, 20261201-000042. */
export function journalNo({ business_date, number }: CounterEntryRow): string {
  return `${business_date.replaceAll('-', '')}-${number.toString().padStart(6, '0')}`
}

function amountError(
  code: 'counter_amount_short' | 'counter_amount_differs',
  message: string,
): CounterError {
  return new CounterError(code, message, {
    outcome: 'failed',
    errors: [{ pointer: '/received_amount', code, detail: 'does not fit what is to be paid' }],
  })
}
