import { useLanguage } from '../i18n/language.provider.js'
import { channelWords, type Messages } from '../i18n/messages.types.js'
import { Countdown } from '../ui/countdown.view.js'
import { Mark, type MarkKind } from '../ui/mark.view.js'
import { useFocusOnChange } from './cashier.hooks.js'
import type { CashierState } from './cashier.state.js'
import type { CashierStage } from './cashier-stage.rules.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { ChannelChoice } from './channel-choice.view.js'
import type { PayerDevice } from './payer-device.rules.js'
import { PaymentOutcome } from './payment-outcome.view.js'
import { PaymentUnderWay } from './payment-under-way.view.js'
import { RefusalNote } from './refusal-note.view.js'

interface PaymentPanelProps {
  state: CashierState
  view: CashierView
  stage: CashierStage
  device: PayerDevice
  nowMs: number
  onPay: (choice: PayChoice) => void
  onConfirm: (pin: string) => void
}

const MARKS: Partial<Record<CashierStage, MarkKind>> = {
  processing: 'waiting',
  failed: 'failure',
  paid: 'success',
  expired: 'time',
  closed: 'closed',
}

const UNDER_WAY: readonly CashierStage[] = [
  'preparing',
  'scan',
  'leave',
  'bridge',
  'pin',
  'counter',
  'waiting',
]

export function PaymentPanel(props: PaymentPanelProps) {
  const { state, view, stage, device, nowMs, onPay, onConfirm } = props
  const { messages } = useLanguage()
  // Preparing and scanning are one place: the heading stays, the code appears below it.
  const heading = useFocusOnChange(stage === 'preparing' ? 'scan' : stage, true)
  const title = panelTitle(state, stage, messages)
  const mark = MARKS[stage]
  const isUnderWay = UNDER_WAY.includes(stage)
  const hasDeadline = isUnderWay || stage === 'choose'
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
          <ChannelChoice view={view} device={device} onPay={onPay} />
        </>
      )}
      {isUnderWay && (
        <PaymentUnderWay
          state={state}
          view={view}
          stage={stage}
          device={device}
          choice={choiceOf(state)}
          onPay={onPay}
          onConfirm={onConfirm}
        />
      )}
      {mark !== undefined && (
        <PaymentOutcome view={view} stage={stage} device={device}>
          <RefusalNote state={state} />
          <ChannelChoice view={view} device={device} onPay={onPay} />
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
  const choice = choiceOf(state)
  const { app } = channelWords(messages, choice?.channel ?? '')
  switch (stage) {
    case 'preparing':
      return choice?.method === 'native' ? messages.scanTitle(app) : messages.leaveTitle(app)
    case 'scan':
      return messages.scanTitle(app)
    case 'leave':
    case 'bridge':
    case 'pin':
      return messages.leaveTitle(app)
    case 'counter':
      return messages.counterTitle
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
