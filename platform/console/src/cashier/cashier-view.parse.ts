import {
  CASHIER_STATUSES,
  type CashierAction,
  type CashierChannel,
  type CashierItem,
  type CashierPayment,
  type CashierView,
  PAYMENT_STATUSES,
} from './cashier-view.types.js'

/** Reads the server's answer once, at the edge; everything after it trusts the type. */
export function parseCashierView(value: unknown): CashierView {
  const wire = record(value, 'answer')
  return {
    reference: text(wire, 'reference'),
    title: text(wire, 'title'),
    institution_name: text(wire, 'institution_name'),
    department_name: text(wire, 'department_name'),
    amount: amount(wire, 'amount'),
    currency: text(wire, 'currency'),
    // A status this page doesn't know yet means "not finished": the page goes on asking.
    status: oneOf(CASHIER_STATUSES, wire.status, 'paying'),
    expires_at: orNull(wire, 'expires_at', instant),
    server_time: instant(wire, 'server_time'),
    // Only a clear yes is live: when in doubt the page says that it is a test.
    livemode: wire.livemode === true,
    items: list(wire, 'items').map(parseItem),
    channels: list(wire, 'channels').map(parseChannel),
    payment: wire.payment === null ? null : parsePayment(wire.payment),
    paid_at: orNull(wire, 'paid_at', instant),
    return_url: orNull(wire, 'return_url', webAddress),
  }
}

function parseItem(value: unknown): CashierItem {
  const wire = record(value, 'item')
  return {
    title: text(wire, 'title'),
    amount: amount(wire, 'amount'),
    payer_name: orNull(wire, 'payer_name', text),
  }
}

function parseChannel(value: unknown): CashierChannel {
  const wire = record(value, 'channel')
  const methods = list(wire, 'methods').filter((method) => typeof method === 'string')
  return { code: text(wire, 'code'), methods }
}

function parsePayment(value: unknown): CashierPayment {
  const wire = record(value, 'payment')
  return {
    id: text(wire, 'id'),
    channel: text(wire, 'channel'),
    method: text(wire, 'method'),
    // Unknown is never failed: a payer who is told "failed" pays again.
    status: oneOf(PAYMENT_STATUSES, wire.status, 'processing'),
    action: wire.action === null || wire.action === undefined ? null : parseAction(wire.action),
    phone_url: orNull(wire, 'phone_url', webAddress),
    failure_message: orNull(wire, 'failure_message', text),
  }
}

/** What this page doesn't know, or can't read, is done elsewhere; the result is shown all the same. */
function parseAction(value: unknown): CashierAction {
  const wire = record(value, 'action')
  const elsewhere: CashierAction = { type: 'elsewhere' }
  switch (wire.type) {
    case 'show_qr':
      return { type: 'show_qr', qr_url: text(wire, 'qr_url') }
    case 'redirect':
    case 'submit_form': {
      const url = webAddress(wire, 'url')
      return url === null ? elsewhere : { type: wire.type, url }
    }
    case 'invoke_jsapi':
      return { type: 'invoke_jsapi', parameters: texts(record(wire.parameters, 'parameters')) }
    case 'enter_pin':
      return { type: 'enter_pin' }
    case 'pay_at_counter':
      return { type: 'pay_at_counter', counter_no: text(wire, 'counter_no') }
    default:
      return elsewhere
  }
}

function texts(wire: Wire): Record<string, string> {
  return Object.fromEntries(Object.keys(wire).map((key) => [key, text(wire, key)]))
}

type Wire = Record<string, unknown>
type Read<Value> = (wire: Wire, key: string) => Value

export function isRecord(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function record(value: unknown, name: string): Wire {
  if (!isRecord(value)) throw new TypeError(`cashier ${name} is not an object`)
  return value
}

function text(wire: Wire, key: string): string {
  const value = wire[key]
  if (typeof value !== 'string') throw new TypeError(`cashier field ${key} is not a string`)
  return value
}

/** JSON integers beyond 2^53 − 1 have already lost their last digits: refuse to show them. */
function amount(wire: Wire, key: string): bigint {
  const value = wire[key]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`cashier field ${key} is not an integer of minor units`)
  }
  return BigInt(value)
}

function instant(wire: Wire, key: string): string {
  const value = text(wire, key)
  if (Number.isNaN(Date.parse(value))) throw new TypeError(`cashier field ${key} is not a time`)
  return value
}

/**
 * A link that a payer may press. `javascript:` and its like are dropped, and so is one that can't be
 * read: a page without its way back still takes the payment.
 */
function webAddress(wire: Wire, key: string): string | null {
  const value = text(wire, key)
  try {
    return /^https?:$/.test(new URL(value, 'https://page.invalid').protocol) ? value : null
  } catch {
    return null
  }
}

function list(wire: Wire, key: string): unknown[] {
  const value = wire[key]
  if (!Array.isArray(value)) throw new TypeError(`cashier field ${key} is not a list`)
  return value
}

function orNull<Value>(wire: Wire, key: string, read: Read<Value>): Value | null {
  return wire[key] === null || wire[key] === undefined ? null : read(wire, key)
}

function oneOf<Known extends string>(known: readonly Known[], value: unknown, other: Known): Known {
  return known.find((candidate) => candidate === value) ?? other
}
