import { Logger } from '@nestjs/common'

/**
 * What somebody who watches over the platform wants to hear of, by names that never change: alarms are
 * built on them. `notification_refused`: a message that its provider did not sign, or that names nothing of
 * ours. `channel_disagrees`: signed news that do not fit our row. `channel_second_transaction`: one order
 * paid twice at its channel. `channel_answer_forged`: an answer to our own call that its provider did not
 * sign. `operator_…`: what happened to the accounts of people who work with the platform.
 */
export const SECURITY_EVENTS = {
  notification_refused: 'warn',
  channel_disagrees: 'error',
  channel_second_transaction: 'error',
  channel_answer_forged: 'error',
  operator_sign_in_failed: 'warn',
  operator_account_locked: 'error',
  operator_second_factor_changed: 'warn',
  operator_roles_changed: 'warn',
  operator_disabled: 'warn',
  operator_invited: 'warn',
  operator_joined: 'warn',
} as const
export type SecurityEvent = keyof typeof SECURITY_EVENTS

/** Where it happened, in ids of ours, and why, in a word of ours. Nothing of what was sent. */
export interface SecurityScene {
  readonly channel?: string
  readonly account?: string
  readonly attempt?: string
  readonly refund?: string
  readonly late_success?: string
  /** Whom it is about, and who did it. */
  readonly operator?: string
  readonly actor?: string
  readonly reason: string
}

/** Our ids and words look like this. Amounts, numbers of orders and texts of others do not pass. */
const WORD = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
const SHOWN_LENGTH_MAX = 64
const logger = new Logger('Security')

/** One line of the log under the field `security_event`. */
export function reportSecurityEvent(event: SecurityEvent, scene: SecurityScene): void {
  const shown = Object.entries(scene).map(([name, value]) => [name, shownOf(value)])
  logger[SECURITY_EVENTS[event]]({ security_event: event, ...Object.fromEntries(shown) }, event)
}

function shownOf(value: string): string {
  return value.length <= SHOWN_LENGTH_MAX && WORD.test(value) ? value : '[not shown]'
}
