import { isCorrectable, parseAccountCode } from './ledger.accounts.js'
import type { LedgerErrorCode } from './ledger.errors.js'
import type { BookedEntry } from './ledger.rules.js'
import type { CorrectionEntry, CorrectionKind } from './ledger-correction.types.js'

/** Why not, as the rules say it. `pointer` is the place in the request. */
export interface CorrectionRefusal {
  readonly code: LedgerErrorCode
  readonly message: string
  readonly pointer: string
}

export interface AskedMove {
  readonly from: string
  readonly to: string
  readonly amount: bigint
}

type Proposal =
  | { readonly entries: readonly CorrectionEntry[] }
  | { readonly refusal: CorrectionRefusal }

/**
 * What is left of a transaction after its corrections, per account: debits less credits. `booked` are its own
 * entries and those of every correction of it that was posted.
 */
export function leftOf(booked: readonly BookedEntry[]): ReadonlyMap<string, bigint> {
  const left = new Map<string, bigint>()
  for (const { account_code, direction, amount } of booked) {
    const signed = direction === 'debit' ? amount : -amount
    left.set(account_code, (left.get(account_code) ?? 0n) + signed)
  }
  return left
}

/** Takes back all that is left of a transaction. */
export function reversalOf(left: ReadonlyMap<string, bigint>): Proposal {
  const entries = [...left]
    .filter(([, signed]) => signed !== 0n)
    .map(([account, signed]) => entryOf(account, -signed))
  if (entries.length === 0) {
    return refused('/transaction', 'Nothing is left of it: its corrections took all of it back.')
  }
  const locked = entries.find(({ account }) => !mayBook(account))
  if (locked) return refused('/transaction', notCorrectable(locked.account))
  return { entries }
}

/** Moves parts of what a transaction booked to other accounts of the same type. */
export function movesOf(left: ReadonlyMap<string, bigint>, moves: readonly AskedMove[]): Proposal {
  const rest = new Map(left)
  const entries: CorrectionEntry[] = []
  for (const [index, { from, to, amount }] of moves.entries()) {
    const signed = rest.get(from) ?? 0n
    const refusal = refusalToMove(index, { from, to, amount }, signed)
    if (refusal) return { refusal }
    const part = signed > 0n ? amount : -amount
    rest.set(from, signed - part)
    entries.push(entryOf(from, -part), entryOf(to, part))
  }
  return { entries }
}

/** Whether what was worked out earlier would be worked out the same by what is left now. */
export function stillFits(
  left: ReadonlyMap<string, bigint>,
  kind: CorrectionKind,
  entries: readonly CorrectionEntry[],
): boolean {
  const proposal = kind === 'reversal' ? reversalOf(left) : movesOf(left, movesBehind(entries))
  return 'entries' in proposal && textOf(proposal.entries) === textOf(entries)
}

/** A move is two entries, from and to. */
function movesBehind(entries: readonly CorrectionEntry[]): AskedMove[] {
  return entries.flatMap((from, index) => {
    const to = index % 2 === 0 ? entries[index + 1] : undefined
    return to ? [{ from: from.account, to: to.account, amount: from.amount }] : []
  })
}

function textOf(entries: readonly CorrectionEntry[]): string {
  const texts = entries.map(({ account, direction, amount }) => `${account} ${direction} ${amount}`)
  return texts.sort().join('\n')
}

function refusalToMove(index: number, move: AskedMove, signed: bigint): CorrectionRefusal | null {
  const at = (field: string) => `/moves/${index}/${field}`
  const [from, to] = [parseAccountCode(move.from), parseAccountCode(move.to)]
  if (!from || !to || move.from === move.to) {
    const message = 'A move is from one account to another one.'
    return { code: 'ledger_correction_refused', pointer: at(from ? 'to' : 'from'), message }
  }
  for (const [field, account] of Object.entries({ from, to })) {
    if (isCorrectable(account)) continue
    const message = notCorrectable(account.code)
    return { code: 'ledger_correction_refused', pointer: at(field), message }
  }
  if (from.type !== to.type) {
    const message = `${to.code} is a ${to.type} account, ${from.code} a ${from.type} account: that is no correction.`
    return { code: 'ledger_correction_refused', pointer: at('to'), message }
  }
  if (move.amount <= magnitude(signed)) return null
  const message = `Of this transaction, ${magnitude(signed)} is left on ${from.code}.`
  return { code: 'ledger_correction_refused', pointer: at('amount'), message }
}

function entryOf(account: string, signed: bigint): CorrectionEntry {
  return { account, direction: signed > 0n ? 'debit' : 'credit', amount: magnitude(signed) }
}

function mayBook(code: string): boolean {
  const account = parseAccountCode(code)
  return account !== null && isCorrectable(account)
}

function notCorrectable(code: string): string {
  return `${code} is kept under a lock of its own: correct it by a charge, a top-up or a refund.`
}

function refused(pointer: string, message: string): Proposal {
  return { refusal: { code: 'ledger_correction_refused', pointer, message } }
}

function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount
}
