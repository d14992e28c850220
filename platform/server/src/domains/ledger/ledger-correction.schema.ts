import { z } from 'zod'
import {
  Amount,
  Currency,
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import {
  CORRECTION_KINDS,
  CORRECTION_STATUSES,
  type CorrectionRow,
} from './ledger-correction.types.js'

const MOVES_MAX = 20
const ACCOUNT_MAX = 80

/** `department_payable:dept_…`, as accounts and entries name it. */
export const AccountCode = z
  .string()
  .min(1)
  .max(ACCOUNT_MAX)
  .regex(/^[a-z_]+(:[a-z]+_[0-9a-z]+)?$/)
  .describe('Such as department_payable:dept_… or suspense.')

const Kind = z
  .enum(CORRECTION_KINDS)
  .describe('reversal: take all that is left of it back. move: put parts of it on other accounts.')
const Status = z.enum(CORRECTION_STATUSES)
const Reason = Text(500).describe('Why, for the auditors.')

const Move = z
  .strictObject({ from: AccountCode, to: AccountCode, amount: Amount })
  .meta({ id: 'LedgerMove' })

export const CreateLedgerCorrection = z
  .strictObject({
    transaction: Id('txn').describe('The transaction that is wrong. It stays as it is.'),
    kind: Kind,
    moves: z
      .array(Move)
      .min(1)
      .max(MOVES_MAX)
      .optional()
      .describe('Only for a move: between accounts of one type, at most what is left of it there.'),
    reason: Reason,
    metadata: Metadata.optional(),
  })
  .refine(({ kind, moves }) => (kind === 'move') === (moves !== undefined), {
    error: 'goes with a move, and only with it',
    path: ['moves'],
  })
  .meta({ id: 'CreateLedgerCorrection' })
export type CreateLedgerCorrection = z.infer<typeof CreateLedgerCorrection>

export const LedgerEntry = z
  .object({
    account: AccountCode,
    direction: z.enum(['debit', 'credit']),
    amount: Amount,
    currency: Currency,
  })
  .meta({ id: 'LedgerEntry' })
export type LedgerEntry = z.infer<typeof LedgerEntry>

const ENTRIES_MAX = 400

export const LedgerEntries = z.array(LedgerEntry).max(ENTRIES_MAX)

/** Who asked or decided: an app by its key, or a signed-in person. */
const Actor = z
  .string()
  .max(64)
  .describe('key_… of the app that signed, or opr_… of who was signed in.')

export const LedgerCorrection = z
  .object({
    ...objectFields('cor', 'ledger_correction'),
    kind: Kind,
    corrects: Id('txn').describe('The transaction that is corrected.'),
    reason: Reason,
    status: Status.describe('Booked only once another key than the one that asked approved.'),
    entries: LedgerEntries.describe('What is booked, or will be once it is approved.'),
    transaction: Id('txn').nullable().describe('What booked it.'),
    requested_by: Actor,
    decided_by: Actor.nullable(),
    decided_at: Timestamp.nullable(),
  })
  .meta({ id: 'LedgerCorrection' })
export type LedgerCorrection = z.infer<typeof LedgerCorrection>

export const LedgerCorrectionListQuery = listQuery('cor', {
  status: Status.optional(),
  transaction: Id('txn').optional().describe('Corrections of this transaction.'),
})
export type LedgerCorrectionListQuery = z.infer<typeof LedgerCorrectionListQuery>

export const LedgerCorrectionList = listOf(LedgerCorrection).meta({ id: 'LedgerCorrectionList' })

export function toWireCorrection(row: CorrectionRow): LedgerCorrection {
  return {
    id: row.id,
    object: 'ledger_correction',
    livemode: row.livemode,
    kind: row.kind,
    corrects: row.corrects_id,
    reason: row.reason,
    status: row.status,
    entries: row.entries.map((entry) => ({
      ...entry,
      amount: wireAmount(entry.amount),
      currency: row.currency,
    })),
    transaction: row.transaction_id,
    requested_by: row.requested_by,
    decided_by: row.decided_by,
    decided_at: wireTimeOrNull(row.decided_at),
    created_at: wireTime(row.created_at),
    metadata: wireMetadata(row.metadata),
  }
}
