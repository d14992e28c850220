import { Injectable } from '@nestjs/common'
import type { AppRef } from '../../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import { addJob } from '../../../infra/jobs/jobs.js'
import { type Page, toPage } from '../../../kernel/pagination.js'
import type { StoredEvent } from '../events/event.types.js'
import type { GradeCase } from './grade.schema.js'
import { GRADE_JOB, type GradeKey, type GradeStatus } from './grade.types.js'

export interface WebhookGradeRow extends GradeKey {
  readonly app_id: string
  readonly endpoint_id: string
  readonly url: string
  /** running | passed | failed */
  readonly status: string
  readonly cases: unknown
  readonly created_at: Date
  readonly finished_at: Date | null
}

/** A grade that this process may run now, and with what its messages are signed. */
export interface ClaimedGrade extends WebhookGradeRow {
  readonly event_types: string[]
  readonly secret: Uint8Array
  readonly old_secrets: readonly Uint8Array[] | null
}

/** Longer than eight requests of fifteen seconds: until then nobody else runs it. */
const LEASE_SECONDS = 180

@Injectable()
export class WebhookGradeRepository {
  constructor(private readonly database: Database) {}

  /** False when one is running for the endpoint. */
  insert(caller: Caller, grade: { id: string; endpoint_id: string; url: string }) {
    const { institution_id, livemode, app_id } = caller
    return this.database.transaction(async (tx) => {
      const rows = await tx.query(
        `insert into webhook_grades
           (institution_id, livemode, id, app_id, endpoint_id, url, status, created_at)
         values ($1, $2, $3, $4, $5, $6, 'running', now())
         on conflict do nothing returning id`,
        [institution_id, livemode, grade.id, app_id, grade.endpoint_id, grade.url],
      )
      if (rows.length === 0) return false
      await planRun(tx, { institution_id, livemode, id: grade.id }, 0)
      return true
    })
  }

  find(caller: Caller, id: string): Promise<WebhookGradeRow | null> {
    return this.database.prisma.webhook_grade.findFirst({ where: { ...ownedBy(caller), id } })
  }

  async list(
    caller: Caller,
    filter: ListFilter,
    narrowed: { endpoint_id?: string | undefined; status?: string | undefined },
  ): Promise<Page<WebhookGradeRow>> {
    const { where, ...rest } = listConditions(filter)
    const { endpoint_id, status } = narrowed
    const rows = await this.database.prisma.webhook_grade.findMany({
      where: {
        ...ownedBy(caller),
        ...where,
        ...(endpoint_id === undefined ? {} : { endpoint_id }),
        ...(status === undefined ? {} : { status }),
      },
      ...rest,
    })
    return toPage(rows, filter.limit)
  }

  /** The app's newest events of these types, all about one object, newest first; at most two. */
  async material(app: AppRef, eventTypes: readonly string[]): Promise<StoredEvent[]> {
    const { institution_id, livemode, app_id } = app
    const where = {
      ...{ institution_id, livemode, app_id },
      ...(eventTypes.length === 0 ? {} : { type: { in: [...eventTypes] } }),
    }
    const newest = await this.database.prisma.event.findFirst({ where, orderBy: { id: 'desc' } })
    if (!newest?.object_id) return newest ? [newest] : []
    return this.database.prisma.event.findMany({
      where: { ...where, object_id: newest.object_id },
      orderBy: { id: 'desc' },
      take: 2,
    })
  }

  /** Null when it is over, or somebody runs it. If we die, another job takes it when our lease is over. */
  claim(key: GradeKey): Promise<ClaimedGrade | null> {
    return this.database.transaction(async (tx) => {
      const [grade] = await tx.query<ClaimedGrade>(
        `update webhook_grades as grade
            set locked_until = now() + interval '${LEASE_SECONDS} seconds'
           from webhook_endpoints as endpoint
          where grade.institution_id = $1 and grade.livemode = $2 and grade.id = $3
            and grade.status = 'running'
            and (grade.locked_until is null or grade.locked_until < now())
            and endpoint.institution_id = $1 and endpoint.livemode = $2
            and endpoint.id = grade.endpoint_id
         returning grade.*, endpoint.event_types, endpoint.secret, (
           select array_agg(old.secret) from webhook_old_secrets as old
            where old.institution_id = $1 and old.livemode = $2
              and old.endpoint_id = grade.endpoint_id and old.expires_at > now()) as old_secrets`,
        [key.institution_id, key.livemode, key.id],
      )
      if (grade) await planRun(tx, key, LEASE_SECONDS + 5)
      return grade ?? null
    })
  }

  /** Somebody else's turn first. */
  async postpone(key: GradeKey): Promise<void> {
    await this.database.transaction((tx) => planRun(tx, key, 2))
  }

  /** The endpoint is verified by it, unless its URL or secret is another one by now. */
  async finish(
    grade: ClaimedGrade,
    status: Exclude<GradeStatus, 'running'>,
    cases: readonly GradeCase[],
  ): Promise<void> {
    const { institution_id, livemode, id, endpoint_id, url, secret } = grade
    await this.database.transaction(async (tx) => {
      const rows = await tx.query(
        `update webhook_grades set status = $4, cases = $5, finished_at = now(), locked_until = null
          where institution_id = $1 and livemode = $2 and id = $3 and status = 'running'
         returning id`,
        [institution_id, livemode, id, status, JSON.stringify(cases)],
      )
      if (rows.length === 0 || status === 'failed') return
      await tx.query(
        `update webhook_endpoints set verified_at = now(), updated_at = now()
          where institution_id = $1 and livemode = $2 and id = $3 and status = 'enabled'
            and url = $4 and secret = $5`,
        [institution_id, livemode, endpoint_id, url, secret],
      )
    })
  }
}

/** One job per grade: a later one replaces it. */
async function planRun(tx: Transaction, key: GradeKey, seconds: number): Promise<void> {
  const { institution_id, livemode, id } = key
  await addJob(tx, {
    name: GRADE_JOB,
    payload: { institution_id, livemode, id },
    key: `${GRADE_JOB}:${id}`,
    delayMs: seconds * 1000,
  })
}

function ownedBy({ institution_id, livemode, app_id }: Caller) {
  return { institution_id, livemode, app_id }
}
