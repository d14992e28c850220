import { randomUUID } from 'node:crypto'
import { BursarNotFoundError, webhooks } from '@openbursar/sdk'
import { notePayment, noteRefund } from './facts.js'

const EVENT_TYPES = [
  'bill.paid',
  'payment.succeeded',
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'refund.rejected',
]
const EVENTS_REMEMBERED = 1_000

/**
 * Makes sure that the platform knows our endpoint, once. The secret is told in the answer to the creation
 * and never again, so its idempotency key is kept first: if we die before the secret is on the disk, the
 * same key brings the same answer.
 */
export async function registerWebhook({ bursar, store, publicUrl }) {
  const url = `${publicUrl}/webhooks`
  const known = store.data.webhook?.url === url ? store.data.webhook : null
  if (known?.secret && (await isRegistered(bursar, known.id))) return
  const isCutOff = known !== null && !known.secret
  const key = isCutOff ? known.key : randomUUID()
  store.change((data) => {
    data.webhook = { url, key }
  })
  const { id, secret } = await bursar.webhookEndpoints.create(
    { url, event_types: EVENT_TYPES },
    { idempotencyKey: key },
  )
  store.change((data) => {
    data.webhook = { url, key, id, secret }
  })
}

async function isRegistered(bursar, id) {
  try {
    return (await bursar.webhookEndpoints.get(id)).status === 'enabled'
  } catch (error) {
    if (error instanceof BursarNotFoundError) return false
    throw error
  }
}

/**
 * Verifies what arrived at /webhooks and applies it. Throws a BursarWebhookError when it is not the
 * platform's. `rawBody` is the bytes as they came: parsed and printed again, they have another signature.
 */
export async function receiveWebhook(store, rawBody, headers) {
  const event = await webhooks.verify(rawBody, headers, { secret: store.data.webhook?.secret })
  return applyEvent(store, event)
}

/**
 * An event may arrive again (we were slow, or the platform was restarted): its id tells. The id and what
 * follows from the event are written together, or neither. False: seen before.
 */
export function applyEvent(store, event) {
  if (store.data.seen_events.includes(event.id)) return false
  return store.change((data) => {
    data.seen_events = [...data.seen_events, event.id].slice(-EVENTS_REMEMBERED)
    const enrolment = enrolmentOf(data, event)
    // An event about something that is not ours is no error: answer 2xx, or it comes again for a day.
    if (enrolment) noteEvent(enrolment, event)
    return true
  })
}

function enrolmentOf({ enrolments }, { data: { object } }) {
  const all = Object.values(enrolments)
  switch (object.object) {
    case 'bill':
      return all.find(({ id }) => id === object.out_bill_no)
    case 'payment':
      return all.find(({ checkouts }) => checkouts.includes(object.checkout))
    case 'refund':
      return all.find(({ withdrawal }) => withdrawal?.out_refund_no === object.out_refund_no)
    default:
      return undefined
  }
}

function noteEvent(enrolment, { id, type, created_at, data: { object } }) {
  enrolment.events.push({ id, type, created_at })
  if (type === 'payment.succeeded') notePayment(enrolment, object)
  if (type.startsWith('refund.')) noteRefund(enrolment, object)
}
