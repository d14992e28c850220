import { useLanguage } from '../i18n/language.provider.js'
import type { CashierState } from './cashier.state.js'

/** Why the last attempt could not even be started. The server's own words where we have none. */
interface RefusalNoteProps {
  state: CashierState
  /** The order stands; its payer was not believed, or cannot pay it. */
  isConfirm?: boolean
}

export function RefusalNote({ state, isConfirm = false }: RefusalNoteProps) {
  const { messages } = useLanguage()
  if (state.refusal === null) return null
  const { code, detail } = state.refusal
  return (
    <div className="refusal" role="alert">
      <p className="refusal-title">{isConfirm ? messages.failedTitle : messages.refusedTitle}</p>
      <p className="refusal-detail">{messages.refusals[code] ?? detail ?? code}</p>
    </div>
  )
}
