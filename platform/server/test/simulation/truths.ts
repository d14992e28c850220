import { checkBooks } from '../../src/processes/books/books-check.js'
import { resultText, summaryText } from '../../src/processes/books/books-report.js'
import type { AppCalls } from './app-calls.js'
import type { Complaint, World } from './world.js'

/** One thing that must never be, and what was found of it. */
export type Finding = string

/** What must hold at every moment, also in the middle of everything. */
export async function checkNow(world: World): Promise<Finding[]> {
  const findings = world.complaints.filter(isBug).map(describeComplaint)
  world.complaints.length = 0
  const report = await checkBooks(world.database)
  if (!report.ok) {
    const broken = report.invariants.filter(({ problem_count }) => problem_count > 0)
    findings.push([summaryText(report), ...broken.map(resultText)].join('\n'))
  }
  return [...findings, ...(await rowsOf(world, MONEY_BELIEVED)), ...(await eventsMissing(world))]
}

/** What must hold once everybody has had their time: nothing is in doubt, and all money is where it belongs. */
export async function checkAtRest(world: World, calls: AppCalls): Promise<Finding[]> {
  return [
    ...(await checkNow(world)),
    ...(await rowsOf(world, UNDECIDED)),
    ...(await lateMoneyKept(world)),
    ...(await promisesBroken(world, calls)),
    ...(await moneyAstray(world)),
  ]
}

/** A refusal that a service logs is its work. A constraint that fires, or a bug, is a finding. */
function isBug({ error }: Complaint): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return code.startsWith('23') || code === '' || code === 'ERR_ASSERTION'
}

function describeComplaint({ text, error }: Complaint): Finding {
  return `error: ${text}: ${error instanceof Error ? error.stack : String(error)}`
}

interface Rule {
  readonly name: string
  readonly sql: string
}

async function rowsOf(world: World, rules: readonly Rule[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, sql } of rules) {
    const { rows } = await world.database.pool.query(`select * from (${sql}) as found limit 5`)
    findings.push(...rows.map((row) => `${name}: ${JSON.stringify(row)}`))
  }
  return findings
}

/** Every status that somebody can see has been told, exactly as often as it was reached: once. */
async function eventsMissing(world: World): Promise<Finding[]> {
  const told = (table: string, status: string, type: string): Rule => ({
    name: `I7 ${type} is not told once`,
    sql: `select row.id, row.status, count(event.id) as told from ${table} row
            left join events event on event.institution_id = row.institution_id
             and event.object->>'id' = row.id and event.type = '${type}'
           where row.status = '${status}' group by row.id, row.status having count(event.id) <> 1`,
  })
  return rowsOf(world, [
    ...['succeeded', 'failed', 'closed'].map((s) => told('payments', s, `payment.${s}`)),
    ...['succeeded', 'failed', 'rejected'].map((s) => told('refunds', s, `refund.${s}`)),
    ...['completed', 'expired'].map((s) => told('checkouts', s, `checkout.${s}`)),
  ])
}

const MONEY_BELIEVED: readonly Rule[] = [
  {
    name: 'a closed or failed payment came back to life',
    sql: `select payment.id, payment.status from payments payment
            join events event on event.institution_id = payment.institution_id
             and event.object->>'id' = payment.id
             and event.type in ('payment.closed', 'payment.failed')
           where payment.status = 'succeeded'`,
  },
]

const UNDECIDED: readonly Rule[] = [
  {
    name: 'a payment is still under way',
    sql: `select id, status from payments where status in ('pending', 'processing')`,
  },
  {
    name: 'a refund is still under way',
    sql: `select id, status from refunds where status in ('created', 'approved', 'processing')`,
  },
  {
    name: 'a bill is held for nobody',
    sql: `select id, amount_reserved from bills bill
           where amount_reserved <> 0 and not exists (
             select from payment_items item
               join payments payment on payment.institution_id = item.institution_id
                and payment.id = item.payment_id
              where item.institution_id = bill.institution_id and item.bill_id = bill.id
                and payment.status = 'created')`,
  },
  { name: 'an event was never relayed', sql: `select id from events where relayed_at is null` },
]

/** Late money goes back by itself, unless the payer’s own account refuses it: then a person has to look. */
async function lateMoneyKept(world: World): Promise<Finding[]> {
  const { rows } = await world.database.pool.query<{ id: string; channel_refund_no: string }>(
    `select id, channel_refund_no from late_successes where status <> 'refunded'`,
  )
  return rows
    .filter(({ channel_refund_no }) => {
      return world.provider.refunds.get(channel_refund_no)?.state !== 'failed'
    })
    .map(({ id }) => `late money ${id} was not given back`)
}

/** I3: what was answered with a 2xx is there. */
async function promisesBroken(world: World, calls: AppCalls): Promise<Finding[]> {
  const ids = [...calls.promised.keys()]
  const { rows } = await world.database.pool.query<{ id: string }>(
    `select id from unnest($1::text[]) as promised(id)
      where not exists (select from payments where payments.id = promised.id)
        and not exists (select from refunds where refunds.id = promised.id)
        and not exists (select from bills where bills.id = promised.id)
        and not exists (select from checkouts where checkouts.id = promised.id)`,
    [ids],
  )
  return rows.map(({ id }) => `I3 ${id} was promised and is not there`)
}

/** I4, with the provider as witness: its money and ours are the same, order by order and in sum. */
async function moneyAstray(world: World): Promise<Finding[]> {
  const { orders, refunds } = world.provider
  const findings: Finding[] = []
  const { rows: attempts } = await world.database.pool.query<{
    channel_order_no: string
    amount: string
    postings: string
  }>(`select attempt.channel_order_no, attempt.amount::text,
             (select count(*) from ledger_transactions txn
               where txn.institution_id = attempt.institution_id
                 and ((txn.kind = 'payment' and txn.source_id = attempt.payment_id
                       and not exists (select from late_successes late
                                        where late.attempt_id = attempt.id))
                   or (txn.kind = 'late_success' and txn.source_id in (
                         select id from late_successes late where late.attempt_id = attempt.id))))
               as postings
        from payment_attempts attempt where attempt.status = 'succeeded'`)
  const booked = new Map(attempts.map((row) => [row.channel_order_no, row]))
  for (const order of orders.values()) {
    const row = booked.get(order.order_no)
    if (order.state === 'paid' && row?.postings !== '1') {
      findings.push(`I4 order ${order.order_no} was paid and is booked ${row?.postings ?? 0} times`)
    }
    if (order.state !== 'paid' && row) findings.push(`I4 ${order.order_no} is booked, not paid`)
  }
  const paid = [...orders.values()].filter(({ state }) => state === 'paid')
  const back = [...refunds.values()].filter(({ state }) => state === 'succeeded')
  const theirs = sum(paid) - sum(back)
  const { rows } = await world.database.pool.query<{ balance: string }>(
    `select coalesce(sum(case direction when 'debit' then amount else -amount end), 0)::text
              as balance from ledger_entries where account_code like 'channel_clearing:%'`,
  )
  if (rows[0]?.balance !== theirs.toString()) {
    findings.push(`I4 the provider holds ${theirs} for us, our books say ${rows[0]?.balance}`)
  }
  return findings
}

function sum(rows: readonly { readonly amount: { readonly minor: bigint } }[]): bigint {
  return rows.reduce((total, { amount }) => total + amount.minor, 0n)
}
