import { toMajorText } from '../../kernel/money.js'
import type { WalletErrorCode } from './wallet.errors.js'
import type { WalletLimits, WalletRow } from './wallet.types.js'

export const PIN_PATTERN = /^\d{6}$/

/** Wrong PINs in a row before the wallet takes none for a while. */
export const PIN_FAILURES_MAX = 5
export const PIN_LOCK_MS = 30 * 60_000

/** The PINs that somebody with a found card tries first: one digit six times, or a straight run. */
export function isWeakPin(pin: string): boolean {
  const steps = new Set(
    [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin.charAt(index))),
  )
  const [step] = steps
  return steps.size === 1 && step !== undefined && Math.abs(step) <= 1
}

/** What of a wallet decides about its PIN. */
export type PinState = Pick<WalletRow, 'pin_failed_count' | 'pin_locked_until'>

export function isPinLocked(state: PinState, now: Date): boolean {
  return state.pin_locked_until !== null && state.pin_locked_until > now
}

/** Where a wrong PIN leads. After a lock that is over the counting begins anew. */
export function afterWrongPin(state: PinState, now: Date): PinState {
  const failures = state.pin_locked_until === null ? state.pin_failed_count + 1 : 1
  if (failures < PIN_FAILURES_MAX) return { pin_failed_count: failures, pin_locked_until: null }
  return { pin_failed_count: 0, pin_locked_until: new Date(now.getTime() + PIN_LOCK_MS) }
}

/** Why a wallet does not pay. */
export interface ChargeRefusal {
  readonly code: WalletErrorCode
  readonly message: string
}

/** The wallet's own limits; the institution's where it has none. */
export function limitsOf(
  wallet: Pick<WalletRow, 'limit_per_payment' | 'limit_per_day'>,
  defaults: WalletLimits,
): WalletLimits {
  return {
    per_payment: wallet.limit_per_payment ?? defaults.per_payment,
    per_day: wallet.limit_per_day ?? defaults.per_day,
  }
}

/** Whether a wallet pays this amount; null when it does. `spentToday` are the charges of this business day. */
export function refusalOfCharge(
  wallet: Pick<WalletRow, 'status' | 'balance' | 'currency'>,
  charge: { readonly amount: bigint; readonly currency: string },
  limits: WalletLimits,
  spentToday: bigint,
): ChargeRefusal | null {
  if (wallet.status === 'frozen') {
    return { code: 'wallet_frozen', message: 'The wallet is frozen: nothing can be paid with it.' }
  }
  if (wallet.status === 'closed') {
    return { code: 'wallet_closed', message: 'The wallet is closed.' }
  }
  if (wallet.currency !== charge.currency) {
    const message = `The wallet holds ${wallet.currency}, the payment asks for ${charge.currency}.`
    return { code: 'wallet_currency_differs', message }
  }
  const over = (what: string, limit: bigint) => ({
    code: 'wallet_limit_exceeded' as const,
    message: `The wallet pays at most ${toMajorText(limit)} ${wallet.currency} ${what}.`,
  })
  const { per_payment, per_day } = limits
  if (per_payment !== null && charge.amount > per_payment) return over('at a time', per_payment)
  if (per_day !== null && spentToday + charge.amount > per_day) return over('a day', per_day)
  if (wallet.balance < charge.amount) {
    const message = 'There is not enough money in the wallet. Top it up and try again.'
    return { code: 'wallet_balance_insufficient', message }
  }
  return null
}
