import { useLanguage } from '../i18n/language.provider.js'
import { channelWords, type Messages } from '../i18n/messages.types.js'
import { Countdown } from '../ui/countdown.view.js'
import { Mark, type MarkKind } from '../ui/mark.view.js'
import { useFocusOnChange } from './cashier.hooks.js'
import type { CashierState } from './cashier.state.js'
import type { CashierStage } from './cashier-stage.rules.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { ChannelChoice } from './channel-choice.view.js'
import { PaymentCode } from './payment-code.view.js'
import { PaymentOutcome } from './payment-outcome.view.js'

interface PaymentPanelProps {
  state: CashierState
  view: CashierView
  stage: CashierStage
  nowMs: number
  onPay: (choice: PayChoice) => void
}

const MARKS: Partial<Record<CashierStage, MarkKind>> = {
  processing: 'waiting',
  failed: 'failure',
  paid: 'success',
  expired: 'time',
  closed: 'closed',
}

export function PaymentPanel({ state, view, stage, nowMs, onPay }: PaymentPanelProps) {
  const { messages } = useLanguage()
  // Preparing and scanning are one place: the heading stays, the code appears below it.
  const heading = useFocusOnChange(stage === 'preparing' ? 'scan' : stage, true)
  const title = panelTitle(state, stage, messages)
  const mark = MARKS[stage]
  const isCode = stage === 'preparing' || stage === 'scan' || stage === 'waiting'
  const hasDeadline = isCode || stage === 'choose'
  return (
    <section
      className={mark === undefined ? 'panel' : 'panel panel-centred'}
      aria-labelledby="panel-title"
    >
      {mark !== undefined && <Mark kind={mark} />}
      <h2 className="panel-title" id="panel-title" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {hasDeadline && <Countdown expiresAt={view.expires_at} nowMs={nowMs} />}
      {stage === 'choose' && (
        <>
          <RefusalNote state={state} />
          <ChannelChoice view={view} onPay={onPay} />
        </>
      )}
      {isCode && <PaymentCode view={view} choice={choiceOf(state)} stage={stage} onPay={onPay} />}
      {mark !== undefined && (
        <PaymentOutcome view={view} stage={stage}>
          <RefusalNote state={state} />
          <ChannelChoice view={view} onPay={onPay} />
        </PaymentOutcome>
      )}
      <p className="visually-hidden" role="status">
        {title}
      </p>
    </section>
  )
}

function choiceOf(state: CashierState): PayChoice | null {
  return state.starting ?? state.view?.payment ?? null
}

function panelTitle(state: CashierState, stage: CashierStage, messages: Messages): string {
  const { app } = channelWords(messages, choiceOf(state)?.channel ?? '')
  switch (stage) {
    case 'preparing':
    case 'scan':
      return messages.scanTitle(app)
    case 'waiting':
      return messages.waitingTitle(app)
    case 'processing':
      return messages.processingTitle
    case 'paid':
      return messages.paidTitle
    case 'failed':
      return messages.failedTitle
    case 'expired':
      return messages.expiredTitle
    case 'closed':
      return messages.closedTitle
    default:
      return messages.chooseTitle
  }
}

/** Why the last attempt could not even be started. The server's own words stand below ours. */
function RefusalNote({ state }: { state: CashierState }) {
  const { messages } = useLanguage()
  if (state.refusal === null) return null
  const { code, detail } = state.refusal
  return (
    <div className="refusal" role="alert">
      <p className="refusal-title">{messages.refusedTitle}</p>
      <p className="refusal-detail">
        {code === 'unreachable' ? messages.refusedUnreachable : (detail ?? code)}
      </p>
    </div>
  )
}
