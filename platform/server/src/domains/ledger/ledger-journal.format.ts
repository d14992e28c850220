import { toMajorText } from '../../kernel/money.js'
import type { AccountType, EntryDirection } from './ledger.types.js'

/** Where an account lives: hledger knows no tenants, so they are the first parts of its name. */
export interface JournalAccount {
  readonly institution_id: string
  readonly livemode: boolean
  readonly code: string
  readonly type: AccountType
}

export interface JournalEntry {
  readonly account_code: string
  readonly type: AccountType
  readonly currency: string
  readonly direction: EntryDirection
  readonly amount: bigint
}

export interface JournalTransaction {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly kind: string
  readonly source_id: string
  readonly description: string
  /** `YYYY-MM-DD` */
  readonly business_date: string
  readonly posted_at: Date
  /** The transaction that this one corrects. */
  readonly corrects_id: string | null
  /** Its link in the chain, once it is sealed. */
  readonly position: bigint | null
  readonly hash: Buffer | null
  readonly entries: readonly JournalEntry[]
}

/** What our own sums say an account holds after the last transaction: debits less credits. */
export interface JournalBalance extends JournalAccount {
  readonly currency: string
  readonly balance: bigint
}

const ACCOUNT_GROUPS: Readonly<Record<AccountType, { group: string; letter: string }>> = {
  asset: { group: 'assets', letter: 'A' },
  liability: { group: 'liabilities', letter: 'L' },
  income: { group: 'income', letter: 'R' },
  expense: { group: 'expenses', letter: 'X' },
}

/** `institution:inst_…:live:assets:channel_clearing:cha_…` */
export function accountName(account: JournalAccount): string {
  const mode = account.livemode ? 'live' : 'test'
  const { group } = ACCOUNT_GROUPS[account.type]
  return `institution:${account.institution_id}:${mode}:${group}:${account.code}`
}

export function commodityDirective(currency: string): string {
  return `commodity 1000.00 ${currency}\n`
}

export function accountDirective(account: JournalAccount): string {
  return `account ${accountName(account)}  ; type: ${ACCOUNT_GROUPS[account.type].letter}\n`
}

/** Debits are positive and credits negative, as plain text accounting has it. */
export function transactionText(transaction: JournalTransaction): string {
  const { business_date, source_id } = transaction
  const lines = [
    `${business_date} * (${source_id}) ${printable(transaction.description)}`,
    `    ; ${tagsOf(transaction)}`,
    ...transaction.entries.map((entry) => {
      const account = accountName({ ...transaction, code: entry.account_code, type: entry.type })
      const signed = entry.direction === 'debit' ? entry.amount : -entry.amount
      return `    ${account}  ${signedMajorText(signed)} ${entry.currency}`
    }),
  ]
  return `\n${lines.join('\n')}\n`
}

/** hledger's tags: none of the values can hold the comma that would end it. */
function tagsOf(transaction: JournalTransaction): string {
  const { id, kind, posted_at, corrects_id, position, hash } = transaction
  const tags = [`txn: ${id}`, `kind: ${kind}`, `posted_at: ${posted_at.toISOString()}`]
  if (corrects_id !== null) tags.push(`corrects: ${corrects_id}`)
  if (position !== null && hash !== null) {
    tags.push(`position: ${position}`, `hash: ${hash.toString('hex')}`)
  }
  return tags.join(', ')
}

/**
 * A transaction of zero amounts that asserts every balance (`0 CNY = 12.50 CNY`), so that
 * `hledger check` itself compares our sums with its own.
 */
export function balanceAssertions(date: string, balances: readonly JournalBalance[]): string {
  const lines = balances.map((row) => {
    const balance = signedMajorText(row.balance)
    return `    ${accountName(row)}  0.00 ${row.currency} = ${balance} ${row.currency}`
  })
  return `\n${date} * Balances as the platform sums them\n${lines.join('\n')}\n`
}

function signedMajorText(amount: bigint): string {
  return amount < 0n ? `-${toMajorText(-amount)}` : toMajorText(amount)
}

/** One line without the semicolon that would begin a comment. */
function printable(description: string): string {
  return description
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(';', ',')
    .trim()
}
