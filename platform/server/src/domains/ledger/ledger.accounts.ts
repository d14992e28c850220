import { assert } from '../../kernel/assert.js'
import { isId } from '../../kernel/id.js'
import type { AccountType, LedgerAccount } from './ledger.types.js'

/** Kinds of accounts: what the code begins with, and the id that follows it, if any. */
const ACCOUNT_KINDS = {
  channel_clearing: { type: 'asset', of: 'cha' },
  department_payable: { type: 'liability', of: 'dept' },
  payer_wallet: { type: 'liability', of: 'wal' },
  wallet_hold: { type: 'liability', of: 'wal' },
  suspense: { type: 'liability', of: null },
} as const satisfies Record<string, { type: AccountType; of: 'cha' | 'dept' | 'wal' | null }>
type AccountKind = keyof typeof ACCOUNT_KINDS

/** Money a channel has collected for us and not yet paid out to the bank. */
export function channelClearing(channelAccountId: string): LedgerAccount {
  return accountOf('channel_clearing', channelAccountId)
}

/** What we owe a department for what its payers have paid. */
export function departmentPayable(departmentId: string): LedgerAccount {
  return accountOf('department_payable', departmentId)
}

/** What we owe a payer: the stored value of their wallet. */
export function payerWallet(walletId: string): LedgerAccount {
  return accountOf('payer_wallet', walletId)
}

/** What was taken from a wallet for refunds of its top-ups that are under way. */
export function walletHold(walletId: string): LedgerAccount {
  return accountOf('wallet_hold', walletId)
}

/** What we owe to somebody not yet known: money that arrived without anything to pay. */
export function suspense(): LedgerAccount {
  return { code: 'suspense', type: ACCOUNT_KINDS.suspense.type }
}

/** Kinds of accounts that a person may correct: those whose balance nothing else keeps under a lock. */
const CORRECTABLE_KINDS: readonly string[] = ['channel_clearing', 'department_payable', 'suspense']

/** Whether corrections may book on an account of ours. */
export function isCorrectable(account: LedgerAccount): boolean {
  return CORRECTABLE_KINDS.includes(account.code.split(':', 1)[0] ?? '')
}

/** Reads a stored code; null when it is none of ours. */
export function parseAccountCode(code: string): LedgerAccount | null {
  const [kind = '', id, ...rest] = code.split(':')
  if (!isAccountKind(kind) || rest.length > 0) return null
  const { type, of } = ACCOUNT_KINDS[kind]
  const isWellFormed = of === null ? id === undefined : id !== undefined && isId(id, of)
  return isWellFormed ? { code, type } : null
}

function accountOf(kind: Exclude<AccountKind, 'suspense'>, id: string): LedgerAccount {
  const { type, of } = ACCOUNT_KINDS[kind]
  assert(isId(id, of), `a ${kind} account belongs to an id that begins with ${of}_, not to ${id}`)
  return { code: `${kind}:${id}`, type }
}

function isAccountKind(text: string): text is AccountKind {
  return Object.hasOwn(ACCOUNT_KINDS, text)
}
