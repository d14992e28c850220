import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.js'

/** Whose business this is: filled in by the first document of a merchant that is read. */
interface Business {
  merchant: string | null
}

interface ClockRow {
  readonly merchant: string
  readonly offset_ms: number
}

const KIND = 'clock'
const REFRESH_MS = 1_000
const Owned = z.looseObject({ merchant_id: z.string() })
const business = new AsyncLocalStorage<Business>()

const underWay = new Set<Business>()
/** Node's tracking of asynchronous work has its price: it is on from the first test clock. */
let isAnyClock = false

/** A request that is one merchant's, whoever that turns out to be. */
export function inBusiness(work: () => void): void {
  if (isAnyClock) business.run({ merchant: null }, work)
  else work()
}

/** The same of something that had become due. */
export async function dueBusiness(work: () => Promise<void>): Promise<void> {
  if (!isAnyClock) return work()
  const mine: Business = { merchant: null }
  underWay.add(mine)
  try {
    await business.run(mine, work)
  } finally {
    underWay.delete(mine)
  }
}

/** A document was read: from here on this is its merchant's business. */
export function noteOwner(channel: string, data: unknown): void {
  const current = business.getStore()
  if (!current) return
  const owned = Owned.safeParse(data)
  if (owned.success) current.merchant = `${channel}/${owned.data.merchant_id}`
}

/** The time of the wire: signatures, certificates and timers know no other. */
export function wireTime(clock: Clock): Date {
  return clock instanceof MerchantClocks ? clock.real.now() : clock.now()
}

/** When it really is that moment of the merchant's time. */
export function toWireMoment(clock: Clock, moment: Date | null): Date | null {
  if (moment === null || !(clock instanceof MerchantClocks)) return moment
  return new Date(moment.getTime() - clock.offsetMs())
}

/**
 * A simulated company lives in the time of the merchant it deals with. Most merchants live in the real one; that
 * of an app with a test clock is ahead of it. The offsets are kept with the documents, so a restart keeps them.
 */
export class MerchantClocks implements Clock {
  private offsets: ReadonlyMap<string, number> = new Map()
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly pool: Pool,
    readonly real: Clock,
  ) {}

  now(): Date {
    return new Date(this.real.now().getTime() + this.offsetMs())
  }

  /** How far the merchant whose business this is is ahead. */
  offsetMs(): number {
    const merchant = business.getStore()?.merchant
    return merchant ? (this.offsets.get(merchant) ?? 0) : 0
  }

  /** Another process of the simulators may have set a clock. */
  async start(): Promise<void> {
    await this.refresh()
    this.timer = setInterval(() => void this.refresh().catch(() => {}), REFRESH_MS)
    this.timer.unref()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** Sets a merchant's clock; what waits for a moment of it comes nearer by as much. */
  async set(channel: string, merchantId: string, offsetMs: number): Promise<void> {
    const client = await this.pool.connect()
    let isBroken = false
    try {
      await client.query('begin')
      const stepMs = await replaceOffset(client, channel, merchantId, offsetMs, this.real.now())
      await client.query(
        `update simulator_records set due_at = due_at - make_interval(secs => $3::float8 / 1000)
          where channel = $1 and due_at is not null and data ->> 'merchant_id' = $2`,
        [channel, merchantId, Math.max(0, stepMs)],
      )
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => {
        isBroken = true
      })
      throw error
    } finally {
      client.release(isBroken)
    }
    await this.refresh()
  }

  /** How much of a merchant's business should have been done by now. */
  async dueCount(channel: string, merchantId: string): Promise<number> {
    const busy = [...underWay].filter((one) => one.merchant === `${channel}/${merchantId}`)
    const result = await this.pool.query<{ due: number }>(
      `select count(*)::int as due from simulator_records
        where channel = $1 and data ->> 'merchant_id' = $2 and due_at is not null
          and due_at <= $3`,
      [channel, merchantId, this.real.now()],
    )
    return busy.length + (result.rows[0]?.due ?? 0)
  }

  private async refresh(): Promise<void> {
    const result = await this.pool.query<ClockRow>(
      `select channel || '/' || key as merchant, (data ->> 'offset_ms')::float8 as offset_ms
         from simulator_records where kind = $1`,
      [KIND],
    )
    if (result.rows.length > 0) isAnyClock = true
    this.offsets = new Map(result.rows.map(({ merchant, offset_ms }) => [merchant, offset_ms]))
  }
}

/** Answers how far the clock moved. */
async function replaceOffset(
  client: Pick<Pool, 'query'>,
  channel: string,
  merchantId: string,
  offsetMs: number,
  now: Date,
): Promise<number> {
  const known = await client.query<{ offset_ms: number }>(
    `select (data ->> 'offset_ms')::float8 as offset_ms from simulator_records
      where channel = $1 and kind = $2 and key = $3 for update`,
    [channel, KIND, merchantId],
  )
  await client.query(
    `insert into simulator_records (channel, kind, key, data, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $5)
     on conflict (channel, kind, key) do update
       set data = excluded.data, updated_at = excluded.updated_at`,
    [channel, KIND, merchantId, JSON.stringify({ offset_ms: offsetMs }), now],
  )
  return offsetMs - (known.rows[0]?.offset_ms ?? 0)
}
