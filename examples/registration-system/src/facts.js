/**
 * What we know about an enrolment, as facts that are only ever added. Events come twice and in any order,
 * and answers of the API may be older than an event that overtook them: facts don't mind.
 */

/** The first payment counts. (A second one would be late money: the platform gives it back by itself.) */
export function notePayment(enrolment, { id, amount, channel, succeeded_at }) {
  enrolment.payment ??= { id, amount, channel, succeeded_at }
}

/** What a refund says now. Once it has succeeded, an older message cannot take that back. */
export function noteRefund({ withdrawal }, { id, amount, status, succeeded_at, failure }) {
  if (!withdrawal || withdrawal.refund?.status === 'succeeded') return
  const failure_message = failure?.message ?? null
  withdrawal.refund = { id, amount, status, succeeded_at, failure_message }
}

/** What a person is told, derived from the facts. */
export function statusOf({ payment, withdrawal }) {
  if (!withdrawal) return payment ? 'paid' : 'waiting'
  if (withdrawal.is_cancelled) return 'cancelled'
  const status = withdrawal.refund?.status
  if (status === 'succeeded') return 'refunded'
  return status === 'failed' || status === 'rejected' ? 'refund_failed' : 'refunding'
}
