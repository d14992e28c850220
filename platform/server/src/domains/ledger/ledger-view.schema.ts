import { z } from 'zod'
import {
  AmountOrZero,
  Currency,
  Id,
  listOf,
  Timestamp,
  wireAmount,
  wireTime,
} from '../../infra/http/wire.schema.js'
import { assert } from '../../kernel/assert.js'
import { AMOUNT_MAX } from '../../kernel/money.js'
import { ACCOUNT_TYPES, type AccountBalance, POSTING_KINDS } from './ledger.types.js'
import { AccountCode, LedgerEntries } from './ledger-correction.schema.js'
import type { RootRow, TransactionView } from './ledger-view.repository.js'

const LIMIT_MAX = 100
const CURSOR_MAX = 100

const Limit = z.coerce.number().int().min(1).max(LIMIT_MAX).default(20)
const BusinessDate = z.iso.date().max(10).describe("A day in the institution's time zone.")
const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, hexadecimal.')
const Position = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const Kind = z.enum(POSTING_KINDS)
const Source = z
  .string()
  .max(CURSOR_MAX)
  .regex(/^[0-9A-Za-z_-]+$/)
  .describe(
    'What it books: the id of a payment, refund, late success or correction, or the number of a wallet’s order or refund.',
  )

const Seal = z
  .object({ position: Position, hash: Hash })
  .describe('Its link in the chain; see docs/reference/ledger.md. Null for the first seconds.')

export const LedgerTransaction = z
  .object({
    id: Id('txn'),
    object: z.literal('ledger_transaction'),
    livemode: z.boolean(),
    kind: Kind,
    source: Source,
    corrects: Id('txn').nullable().describe('The transaction that this one corrects.'),
    description: z.string().max(1000),
    business_date: BusinessDate,
    posted_at: Timestamp,
    entries: LedgerEntries,
    seal: Seal.nullable(),
  })
  .meta({ id: 'LedgerTransaction' })
export type LedgerTransaction = z.infer<typeof LedgerTransaction>

export const LedgerTransactionListQuery = z.strictObject({
  limit: Limit,
  cursor: Id('txn').optional().describe('next_cursor of the page before.'),
  kind: Kind.optional(),
  source: Source.optional(),
  account: AccountCode.optional().describe('Only transactions that booked on this account.'),
  'business_date[gte]': BusinessDate.optional(),
  'business_date[lt]': BusinessDate.optional(),
})
export type LedgerTransactionListQuery = z.infer<typeof LedgerTransactionListQuery>

export const LedgerTransactionList = listOf(LedgerTransaction).meta({ id: 'LedgerTransactionList' })

export const LedgerAccount = z
  .object({
    object: z.literal('ledger_account'),
    livemode: z.boolean(),
    account: AccountCode,
    type: z.enum(ACCOUNT_TYPES),
    currency: Currency,
    debits: AmountOrZero,
    credits: AmountOrZero,
    balance: z
      .int()
      .min(-Number(AMOUNT_MAX))
      .max(Number(AMOUNT_MAX))
      .describe('Of assets and expenses debits less credits, of the others credits less debits.'),
  })
  .meta({ id: 'LedgerAccount' })
export type LedgerAccount = z.infer<typeof LedgerAccount>

const AccountCursor = z
  .string()
  .max(CURSOR_MAX)
  .regex(/^[a-z0-9_:]+ [A-Z]{3}$/)

export const LedgerAccountListQuery = z.strictObject({
  limit: Limit,
  cursor: AccountCursor.optional().describe('next_cursor of the page before.'),
  account: AccountCode.optional(),
})
export type LedgerAccountListQuery = z.infer<typeof LedgerAccountListQuery>

export const LedgerAccountList = listOf(LedgerAccount)
  .extend({ next_cursor: z.string().max(CURSOR_MAX).nullable() })
  .meta({ id: 'LedgerAccountList' })

export const LedgerRoot = z
  .object({
    object: z.literal('ledger_root'),
    livemode: z.boolean(),
    business_date: BusinessDate,
    position: Position.describe('The last link of the chain when the day ended.'),
    hash: Hash,
    created_at: Timestamp,
  })
  .meta({ id: 'LedgerRoot' })
export type LedgerRoot = z.infer<typeof LedgerRoot>

export const LedgerRootListQuery = z.strictObject({
  limit: Limit,
  cursor: BusinessDate.optional().describe('next_cursor of the page before.'),
})
export type LedgerRootListQuery = z.infer<typeof LedgerRootListQuery>

export const LedgerRootList = listOf(LedgerRoot).meta({ id: 'LedgerRootList' })

export function toWireTransaction(view: TransactionView): LedgerTransaction {
  const { position, hash } = view
  return {
    id: view.id,
    object: 'ledger_transaction',
    livemode: view.livemode,
    kind: view.kind,
    source: view.source_id,
    corrects: view.corrects_id,
    description: view.description,
    business_date: view.business_date,
    posted_at: wireTime(view.posted_at),
    entries: view.entries.map(({ account_code, direction, amount, currency }) => ({
      account: account_code,
      direction,
      amount: wireAmount(BigInt(amount)),
      currency,
    })),
    seal: position && hash ? { position: Number(position), hash: hash.toString('hex') } : null,
  }
}

export function toWireAccount(livemode: boolean, row: AccountBalance): LedgerAccount {
  const net = row.debits - row.credits
  const isDebit = row.type === 'asset' || row.type === 'expense'
  return {
    object: 'ledger_account',
    livemode,
    account: row.account_code,
    type: row.type,
    currency: row.currency,
    debits: wireAmount(row.debits),
    credits: wireAmount(row.credits),
    balance: wireAmount(isDebit ? net : -net),
  }
}

export function toWireRoot(livemode: boolean, row: RootRow): LedgerRoot {
  assert(row.hash.length === 32, 'a root is a SHA-256')
  return {
    object: 'ledger_root',
    livemode,
    business_date: row.business_date,
    position: Number(row.position),
    hash: row.hash.toString('hex'),
    created_at: wireTime(row.created_at),
  }
}
