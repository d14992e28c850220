import type { SetFault } from '@openbursar/sdk'

type FaultName = SetFault['fault']
type Channel = NonNullable<SetFault['channel']>

/** The compiler knows when one is missing. */
const IS_FAULT: Record<FaultName, true> = {
  notify_lost: true,
  notify_late: true,
  notify_duplicate: true,
  notify_reordered: true,
  notify_forged: true,
  notify_wrong_amount: true,
  notify_wrong_merchant: true,
  notify_probe: true,
  timeout_before_acceptance: true,
  timeout_after_acceptance: true,
  result_unknown: true,
  order_refused: true,
  success_after_close: true,
  refund_abnormal: true,
  statement_late: true,
  statement_short: true,
  statement_long: true,
  statement_off_by_a_fen: true,
}

/** Those with a provider behind them that can fail. */
const IS_FAULTY: Partial<Record<Channel, true>> = {
  wechatpay: true,
  alipay: true,
  unionpay: true,
  abc: true,
}

export const FAULT_NAMES = Object.keys(IS_FAULT).filter(isFault)
export const FAULTY_CHANNELS = Object.keys(IS_FAULTY).filter(isFaultyChannel)

/** What the form says; null when it says nothing that exists. */
export function faultOf(entered: FormData): SetFault | null {
  const fault = String(entered.get('fault'))
  const channel = String(entered.get('channel'))
  const times = String(entered.get('times') ?? '')
  if (!isFault(fault) || !isFaultyChannel(channel)) return null
  return { fault, channel, times: times === '' ? null : Number(times) }
}

function isFault(text: string): text is FaultName {
  return text in IS_FAULT
}

function isFaultyChannel(text: string): text is Channel {
  return text in IS_FAULTY
}
