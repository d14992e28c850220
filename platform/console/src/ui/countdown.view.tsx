import { useLanguage } from '../i18n/language.provider.js'
import { deadlineOf } from './countdown.rules.js'
import { Instant } from './instant.view.js'

/** The time left. It isn't read out every second: a reader may visit it, the deadline itself is announced. */
export function Countdown({ expiresAt, nowMs }: { expiresAt: string | null; nowMs: number }) {
  const { messages } = useLanguage()
  const deadline = deadlineOf(expiresAt, nowMs)
  if (deadline.kind === 'none' || deadline.kind === 'over' || expiresAt === null) return null
  if (deadline.kind === 'far') {
    return (
      <p className="countdown">
        {messages.payBefore} <Instant at={expiresAt} withSeconds={false} />
      </p>
    )
  }
  return (
    <p
      className={deadline.isUrgent ? 'countdown is-urgent' : 'countdown'}
      role="timer"
      aria-live="off"
    >
      {messages.payWithin} <span className="countdown-clock">{deadline.clock}</span>
    </p>
  )
}
