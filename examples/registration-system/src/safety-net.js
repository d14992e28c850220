import { statusOf } from './facts.js'

const ROUND_MS = 5_000
/** Webhooks are quick. Only what takes longer is asked for, and no more often than this. */
const PATIENCE_MS = 60_000
/** After that a checkout is over, and so is our interest. */
const INTEREST_MS = 24 * 60 * 60_000

/**
 * Webhooks tell quickly, but nobody should depend on them alone: our own server may be down for a day. So
 * what has been open for long is asked for, and a withdrawal that was cut off is taken up again.
 */
export function startSafetyNet({ store, enrolments }) {
  const askedAt = new Map()
  const round = async () => {
    for (const enrolment of Object.values(store.data.enrolments)) {
      const question = questionAbout(enrolment, askedAt.get(enrolment.id))
      if (!question) continue
      askedAt.set(enrolment.id, Date.now())
      await enrolments[question](enrolment.id).catch((error) => {
        console.warn(`${question} ${enrolment.id}: ${error.message}; again later.`)
      })
    }
    setTimeout(round, ROUND_MS)
  }
  setTimeout(round, ROUND_MS)
}

/** Which method of Enrolments moves this one forward, if any. */
function questionAbout(enrolment, askedAt = 0) {
  const status = statusOf(enrolment)
  // Somebody waits for their money, and nothing was sent yet, or nobody knows: now.
  if (status === 'refunding' && !enrolment.withdrawal.refund) return 'giveBack'
  const since = Date.parse(enrolment.withdrawal?.asked_at ?? enrolment.created_at)
  const isDue = Date.now() - Math.max(since, askedAt) > PATIENCE_MS
  if (!isDue || Date.now() - since > INTEREST_MS) return undefined
  if (status === 'refunding') return 'refreshRefund'
  return status === 'waiting' && enrolment.checkouts.length > 0 ? 'findPayment' : undefined
}
