// Partitions are made and dropped by hand-written SQL: Prisma does not know them.

import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { idFloor } from '../../kernel/id.js'

const DAY_MS = 86_400_000
const NAME = /^request_logs_(\d{4})(\d{2})(\d{2})$/

/** The days (UTC) of `request_logs`: one partition each, by the range of the ids made on that day. */
@Injectable()
export class RequestLogPartitionRepository {
  constructor(private readonly database: Database) {}

  /** Makes the partition of a day unless it is there, and moves in what went to the default partition meanwhile. */
  async create(day: Date): Promise<void> {
    const startMs = Math.floor(day.getTime() / DAY_MS) * DAY_MS
    const name = `request_logs_${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}`
    const from = idFloor('req', startMs)
    const to = idFloor('req', startMs + DAY_MS)
    await this.database.transaction(async (tx) => {
      await tx.query("set local lock_timeout = '3s'")
      await tx.query("select pg_advisory_xact_lock(hashtext('request_logs'))")
      const [known] = await tx.query('select 1 where to_regclass($1) is not null', [name])
      if (known) return
      await tx.query(`create table ${name} (like request_logs including all)`)
      // Rows of 2 to 8 KiB stay as they are: compressing them costs more than writing them. An insert-only
      // table is vacuumed early, so that most searches need only look into the index.
      await tx.query(
        `alter table ${name} set (toast_tuple_target = 8160, autovacuum_vacuum_insert_scale_factor = 0.02)`,
      )
      await tx.query(
        `with moved as (delete from request_logs_default where id >= '${from}' and id < '${to}' returning *)
         insert into ${name} select * from moved`,
      )
      // Attaching locks out no writer of the other partitions; CREATE … PARTITION OF would.
      await tx.query(
        `alter table request_logs attach partition ${name} for values from ('${from}') to ('${to}')`,
      )
    })
  }

  /** Drops every partition that ended before this moment, and such rows of the default partition. */
  async dropBefore(moment: Date): Promise<readonly string[]> {
    const rows = await this.database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
        where inhparent = 'request_logs'::regclass`,
    )
    const old = rows.map(({ name }) => name).filter((name) => endOf(name) <= moment.getTime())
    for (const name of old) {
      await this.database.transaction(async (tx) => {
        await tx.query("set local lock_timeout = '3s'")
        await tx.query(`drop table if exists ${name}`)
      })
    }
    await this.database.query('delete from request_logs_default where id < $1', [
      idFloor('req', moment.getTime()),
    ])
    return old
  }
}

/** When the day of a partition ends; never for one that is no day. */
function endOf(name: string): number {
  const [, year, month, day] = NAME.exec(name) ?? []
  return year === undefined ? Infinity : Date.parse(`${year}-${month}-${day}`) + DAY_MS
}
