import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { assert } from '../../../kernel/assert.js'
import type { CounterEntryRow } from './counter.types.js'

const COLUMNS = `institution_id, livemode, business_date::text as business_date, number,
  channel_account_id, kind, order_no, refund_no, tender, currency, amount, cashier, recorded_at`

/** What counters took in and handed out, numbered without gaps per institution and day. */
@Injectable()
export class CounterJournalRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds an entry under the day's next number. The day's row stays locked until the transaction ends: who
   * fails gives the number back, so that none is missing.
   */
  async add(tx: Transaction, entry: Omit<CounterEntryRow, 'number'>): Promise<CounterEntryRow> {
    const [day] = await tx.query<{ last_number: number }>(
      `insert into counter_days (institution_id, livemode, business_date, last_number)
       values ($1, $2, $3::date, 1)
       on conflict (institution_id, livemode, business_date)
       do update set last_number = counter_days.last_number + 1
       returning last_number`,
      [entry.institution_id, entry.livemode, entry.business_date],
    )
    assert(day, 'an upsert returns its row')
    await tx.query(
      `insert into counter_entries (institution_id, livemode, business_date, number,
         channel_account_id, kind, order_no, refund_no, tender, currency, amount, cashier, recorded_at)
       values ($1, $2, $3::date, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        entry.institution_id,
        entry.livemode,
        entry.business_date,
        day.last_number,
        entry.channel_account_id,
        entry.kind,
        entry.order_no,
        entry.refund_no,
        entry.tender,
        entry.currency,
        entry.amount,
        entry.cashier,
        entry.recorded_at,
      ],
    )
    return { ...entry, number: day.last_number }
  }

  async find(
    tenant: Tenant,
    kind: CounterEntryRow['kind'],
    number: { readonly order_no: string } | { readonly refund_no: string },
  ): Promise<CounterEntryRow | null> {
    const column = 'order_no' in number ? 'order_no' : 'refund_no'
    const value = 'order_no' in number ? number.order_no : number.refund_no
    const [row] = await this.database.query<CounterEntryRow>(
      `select ${COLUMNS} from counter_entries
        where institution_id = $1 and livemode = $2 and kind = $3 and ${column} = $4`,
      [tenant.institution_id, tenant.livemode, kind, value],
    )
    return row ?? null
  }

  /** The entries of an account on one day, in their order, page by page. */
  ofDay(
    tenant: Tenant,
    channelAccountId: string,
    day: string,
    after: number,
    limit: number,
  ): Promise<CounterEntryRow[]> {
    return this.database.query<CounterEntryRow>(
      `select ${COLUMNS} from counter_entries
        where institution_id = $1 and livemode = $2 and business_date = $4::date
          and channel_account_id = $3 and number > $5
        order by number limit $6`,
      [tenant.institution_id, tenant.livemode, channelAccountId, day, after, limit],
    )
  }
}
