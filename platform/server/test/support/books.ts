import { runProcess } from './bursar-command.js'
import { queryPlatform } from './platform-database.js'

interface BooksReport {
  readonly ok: boolean
  readonly invariants: readonly { readonly id: string; readonly problems: readonly object[] }[]
}

/** What `npm run check:books` finds wrong on the platform of this run; nothing when all is well. */
export async function problemsOfBooks(): Promise<readonly object[]> {
  const text = await runProcess('check-books.main.js', ['--json']).catch(
    (error: { stdout?: string }) => error.stdout ?? '',
  )
  const report: BooksReport = JSON.parse(text)
  return report.invariants.flatMap(({ id, problems }) => problems.map((one) => ({ id, ...one })))
}

/** Postings that name one of these sources, by kind; and what they leave in each account (debit − credit). */
export async function ledgerOf(...sources: readonly string[]) {
  const entries = await queryPlatform<{
    kind: string
    account: string
    balance: string
  }>(
    `select t.kind, e.account_code as account,
            sum(case e.direction when 'debit' then e.amount else -e.amount end) as balance
       from ledger_transactions t
       join ledger_entries e on e.institution_id = t.institution_id and e.livemode = t.livemode
                            and e.transaction_id = t.id
      where t.source_id = any($1) group by t.id, t.kind, e.account_code order by t.kind`,
    [sources],
  )
  const balances = new Map<string, number>()
  for (const { account, balance } of entries) {
    const kind = account.split(':')[0] ?? account
    balances.set(kind, (balances.get(kind) ?? 0) + Number(balance))
  }
  return {
    kinds: [...new Set(entries.map(({ kind }) => kind))],
    balances: Object.fromEntries(balances),
  }
}
