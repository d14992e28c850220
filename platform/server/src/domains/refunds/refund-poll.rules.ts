import type { NewJob } from '../../infra/jobs/jobs.js'

export const REFUND_POLL_JOB = 'refund-poll'
export const LATE_SUCCESS_REFUND_JOB = 'late-success-refund'

const DELAYS_MS = [5_000, 10_000, 20_000, 30_000, 60_000] as const
const DELAY_MS_MAX = 5 * 60_000
const POLLING_MS_MAX = 30 * 24 * 60 * 60_000

/**
 * A call to a channel ends within 10 s. For this long after one began nobody sends the same refund again,
 * so that a refusal is never recorded while another call may still be accepted.
 */
export const SENDING_MS_MAX = 12_000

/** How long to wait before the channel is asked again, after it was asked this many times. */
export function pollDelayMs(queryCount: number): number {
  return DELAYS_MS[queryCount] ?? DELAY_MS_MAX
}

/** 30 days after it began somebody has to look: every channel has known for long, or never will. */
export function isGivenUp(begunAt: Date, now: Date): boolean {
  return now.getTime() - begunAt.getTime() > POLLING_MS_MAX
}

interface Polled {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
}

/** The next time the channel is asked about a refund. */
export function refundPollJob(refund: Polled, queryCount: number): NewJob {
  const { institution_id, livemode, id } = refund
  return {
    name: REFUND_POLL_JOB,
    payload: { institution_id, livemode, refund_id: id },
    delayMs: pollDelayMs(queryCount),
    key: `${REFUND_POLL_JOB}:${id}`,
  }
}

/** The next time the channel is asked about money that came too late. The row counts nothing, the job does. */
export function lateSuccessRefundJob(late: Polled, queryCount: number): NewJob {
  const { institution_id, livemode, id } = late
  return {
    name: LATE_SUCCESS_REFUND_JOB,
    payload: { institution_id, livemode, late_success_id: id, query_count: queryCount },
    delayMs: pollDelayMs(queryCount),
    key: `${LATE_SUCCESS_REFUND_JOB}:${id}`,
  }
}
