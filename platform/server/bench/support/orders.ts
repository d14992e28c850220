import type { Pool } from 'pg'
import type { PaidState } from '../../src/domains/payments/payment-record.service.js'
import { newId } from '../../src/kernel/id.js'

const AMOUNT = 12_800

interface Owner {
  readonly institution_id: string
  readonly department_id: string
}

/** Payments under way, made in bulk before the clock starts, and what the channel will say of each. */
export class Orders {
  readonly tenant: { readonly institution_id: string; readonly livemode: boolean }
  readonly accountId: string
  private readonly pool: Pool
  private readonly appId: string
  private readonly owner: Owner
  private waiting: string[] = []

  private constructor(pool: Pool, appId: string, accountId: string, owner: Owner) {
    this.pool = pool
    this.appId = appId
    this.accountId = accountId
    this.owner = owner
    this.tenant = { institution_id: owner.institution_id, livemode: false }
  }

  static async of(pool: Pool, appId: string, accountId: string): Promise<Orders> {
    const { rows } = await pool.query<Owner>(
      'select institution_id, department_id from apps where id = $1',
      [appId],
    )
    const [owner] = rows
    if (!owner) throw new Error('there is an app')
    return new Orders(pool, appId, accountId, owner)
  }

  async make(count: number): Promise<void> {
    const ids = Array.from({ length: Math.max(0, count - this.waiting.length) }, () => ({
      payment: newId('pay'),
      attempt: newId('att'),
    }))
    const values = [ids.map(({ payment }) => payment), ids.map(({ attempt }) => attempt)]
    const { institution_id, department_id } = this.owner
    await this.pool.query(
      `with given as (select * from unnest($1::text[], $2::text[]) as row(payment, attempt)), paid as (
         insert into payments (institution_id, livemode, id, app_id, department_id, out_trade_no, subject,
           currency, amount, status, channel, method, current_attempt_id, expires_at, metadata, created_at,
           updated_at)
         select $3, false, payment, $4, $5, payment, 'Benchmark', 'CNY', ${AMOUNT}, 'pending', 'wechatpay',
           'native', attempt, now() + interval '1 hour', '{}', now(), now() from given)
       insert into payment_attempts (institution_id, livemode, id, payment_id, channel, method,
         channel_account_id, channel_order_no, amount, currency, status, created_at, updated_at)
       select $3, false, attempt, payment, 'wechatpay', 'native', $6, attempt, ${AMOUNT}, 'CNY', 'pending',
         now(), now() from given`,
      [...values, institution_id, this.appId, department_id, this.accountId],
    )
    await this.pool.query('analyze payments, payment_attempts')
    this.waiting = [...this.waiting, ...ids.map(({ attempt }) => attempt)]
  }

  next(): PaidState {
    const order_no = this.waiting.pop()
    if (order_no === undefined) throw new Error('more orders were paid than made: raise the supply')
    return {
      kind: 'paid',
      order_no,
      merchant_id: '1900',
      transaction_no: `42${order_no}`,
      amount: { minor: BigInt(AMOUNT), currency: 'CNY' },
      paid_at: new Date(),
    }
  }
}
