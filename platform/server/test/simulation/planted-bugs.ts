import { LedgerService } from '../../src/domains/ledger/ledger.service.js'
import {
  OPEN_PAYMENT_STATUSES,
  PAYMENT_TRANSITIONS,
  type PaymentStatus,
} from '../../src/domains/payments/payment.state.js'
import { PaymentAttemptRepository } from '../../src/domains/payments/payment-attempt.repository.js'
import { PaymentNotifyService } from '../../src/domains/payments/payment-notify.service.js'
import type { World } from './world.js'

/** Mistakes that somebody could make one day. Each must be found, or the simulation is worth nothing. */
export const PLANTED_BUGS = [
  'posting_twice',
  'amount_mismatch_ignored',
  'refund_race',
  'outbox_lost',
  'closed_payment_revived',
] as const
export type PlantedBug = (typeof PLANTED_BUGS)[number]

/** Breaks the running platform in one of the known ways. Gives the means to mend what outlives the world. */
export function plant(world: World, bug: PlantedBug): () => void {
  switch (bug) {
    case 'posting_twice':
      return postTwice(world)
    case 'amount_mismatch_ignored':
      return ignoreMismatch(world)
    case 'refund_race':
      return raceRefunds(world)
    case 'outbox_lost':
      return loseEvents(world)
    case 'closed_payment_revived':
      return reviveClosed()
  }
}

/** Now and then a refund is booked a second time, under another name. */
function postTwice(world: World): () => void {
  const ledger = world.app.get(LedgerService)
  const post = ledger.post.bind(ledger)
  ledger.post = async (tx, posting) => {
    const result = await post(tx, posting)
    if (posting.kind === 'refund' && world.random.chance(0.2)) {
      await post(tx, { ...posting, source_id: `${posting.source_id}-again` })
    }
    return result
  }
  return () => {}
}

/** Whatever amount and merchant the provider names are believed to be ours. */
function ignoreMismatch(world: World): () => void {
  const notices = world.app.get(PaymentNotifyService)
  const attempts = world.app.get(PaymentAttemptRepository)
  const read = world.provider.read.bind(world.provider)
  const receive = notices.receive.bind(notices)
  const wanted = new Map<string, bigint>()
  notices.receive = async (...given) => {
    const letter = read(given[2].body.toString())
    if (letter?.kind === 'order') {
      const attempt = await attempts.findByOrderNo(world.caller, letter.order_no)
      if (attempt) wanted.set(letter.order_no, attempt.amount)
    }
    return receive(...given)
  }
  world.provider.read = (body) => {
    const letter = read(body)
    if (letter?.kind !== 'order' || letter.state.kind !== 'paid') return letter
    const minor = wanted.get(letter.order_no) ?? letter.state.amount.minor
    const merchant_id = '1900000001'
    const amount = { ...letter.state.amount, minor }
    return { ...letter, state: { ...letter.state, merchant_id, amount } }
  }
  return () => {}
}

/** Refunds look at what is left of a payment without holding it. */
function raceRefunds(world: World): () => void {
  world.database.filter = (text, { name }) =>
    name.startsWith('refunds ') && text.includes('from payments')
      ? text.replace(/\s+for update/, '')
      : text
  return () => {}
}

/** Now and then a change is made and nobody is told. */
function loseEvents(world: World): () => void {
  world.database.filter = (text) =>
    text.trimStart().startsWith('insert into events') && world.random.chance(0.03) ? null : text
  return () => {}
}

/** Money that comes after closing brings the payment back to life. */
function reviveClosed(): () => void {
  const closed: Partial<Record<string, PaymentStatus>> = PAYMENT_TRANSITIONS.closed
  const open: PaymentStatus[] = Object(OPEN_PAYMENT_STATUSES)
  closed.confirmed = 'succeeded'
  open.push('closed')
  return () => {
    delete closed.confirmed
    open.pop()
  }
}
