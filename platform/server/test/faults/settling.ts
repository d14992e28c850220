import { pause } from '../support/until.js'
import type { FaultPlatform } from './fault-platform.js'
import type { LoadMemory } from './load-memory.js'

/** "In-doubt payments are settled within five minutes." */
const SETTLE_MS_MAX = 5 * 60_000
/** After two failed attempts, 35 s after the first, the next webhook comes after three minutes more. */
const TELL_MS_MAX = 5 * 60_000

export interface Settling {
  readonly settledMs: number
  readonly problems: readonly string[]
}

/** Waits until nothing is in doubt any more and every app was told. The time counts from the repair. */
export async function settle(
  platform: FaultPlatform,
  memory: LoadMemory,
  sinceMs: number,
  withinMs = SETTLE_MS_MAX,
): Promise<Settling> {
  const doubts = await waitFor(() => doubtful(platform, memory), sinceMs + withinMs)
  const settledMs = Date.now() - sinceMs
  const untold = await waitFor(async () => untoldOf(memory), Date.now() + TELL_MS_MAX)
  return {
    settledMs,
    problems: [
      ...doubts.map((text) => `not settled after ${settledMs} ms: ${text}`),
      ...untold.map((text) => `I7: never told: ${text}`),
    ],
  }
}

async function waitFor(look: () => Promise<string[]>, deadlineMs: number): Promise<string[]> {
  for (;;) {
    const left = await look()
    if (left.length === 0 || Date.now() > deadlineMs) return left
    await pause(500)
  }
}

/** Orders and refunds of which nobody knows, and what was paid and has not arrived. */
async function doubtful(platform: FaultPlatform, memory: LoadMemory): Promise<string[]> {
  const { rows } = await platform.pool.query<{ what: string; id: string; status: string }>(
    `select 'payment' as what, id, status from payments
      where status = 'processing' or (status = 'created' and channel is not null)
         or (id = any ($1) and status <> 'succeeded')
      union all
     select 'refund', id, status from refunds where status in ('created', 'processing')
      union all
     select 'late success', id, status from late_successes where status <> 'refunded'`,
    [[...memory.paid.keys()]],
  )
  return rows.map(({ what, id, status }) => `${what} ${id} is ${status}`)
}

function untoldOf(memory: LoadMemory): string[] {
  const expected = memory.acknowledged.flatMap(({ kind, app, answer }) => {
    const id = 'id' in answer ? String(answer.id) : ''
    if (kind === 'payment') return [{ app, type: 'payment.created', id }]
    return kind === 'refund' ? [{ app, type: 'refund.succeeded', id }] : []
  })
  const paid = [...memory.paid].map(([id, app]) => ({ app, type: 'payment.succeeded', id }))
  return [...expected, ...paid]
    .filter(({ app, type, id }) => !app.sink.has(type, id))
    .map(({ type, id }) => `${type} of ${id}`)
}
