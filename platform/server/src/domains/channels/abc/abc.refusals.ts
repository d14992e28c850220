import type { AbcReply } from './abc.client.js'
import { CODE } from './abc.wire.js'

export interface Refusal {
  readonly code: string
  /** For the person who has to do something about it. */
  readonly message: string
}

/**
 * Codes after which the bank surely did not take the order or the refund, and our words for them.
 * Not here: `APE001`, a system error; `E006`, since something stands under this number; and every
 * code we don't know.
 */
export const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['APE002', { code: 'merchant_unknown', message: 'the bank does not know this merchant number' }],
  ['APE003', { code: 'function_not_opened', message: 'ask the bank to open this function' }],
  ['APE004', { code: 'merchant_stopped', message: 'the bank has stopped this merchant account' }],
  ['APE009', { code: 'message_invalid', message: 'the bank does not understand the message' }],
  [
    'APE400',
    {
      code: 'signature_wrong',
      message: 'the bank cannot verify our signature: check merchant_certificate and its key',
    },
  ],
  [
    '2302',
    {
      code: 'certificate_wrong',
      message: 'the bank expects another certificate: check it in its merchant console',
    },
  ],
  ['2308', { code: 'no_means_of_payment', message: 'the bank has opened no means of payment' }],
  ['E003', { code: 'order_closed', message: 'the order is over: its time has run out' }],
  ['E009', { code: 'refused_by_bank', message: 'the bank does not take it' }],
])
export const REFUND_REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ...REFUSALS,
  [CODE.notFound, { code: 'order_not_found', message: 'the bank knows no such order' }],
  [CODE.closed, { code: 'order_not_paid', message: 'the order was never paid' }],
  [CODE.tooMuch, { code: 'refund_too_large', message: 'it is more than is left of the order' }],
])

/** Null when the code is none of these: then nothing is sure. */
export function findRefusal(
  refusals: ReadonlyMap<string, Refusal>,
  reply: AbcReply & { kind: 'believed' },
): Refusal | null {
  const refusal = refusals.get(reply.code)
  return refusal ? { code: refusal.code, message: `${refusal.message} (${wordsOf(reply)})` } : null
}

export function wordsOf(reply: { readonly code: string; readonly message: string }): string {
  return `${quote(reply.code)}: ${reply.message.slice(0, 200)}`
}

/** A foreign word in a log line: quoted, escaped, short. */
export function quote(word: string): string {
  return JSON.stringify(word.slice(0, 64))
}
