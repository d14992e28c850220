import type { ReactNode } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'
import { Instant } from '../ui/instant.view.js'
import { Money } from '../ui/money.view.js'
import type { CashierStage } from './cashier-stage.rules.js'
import type { CashierView } from './cashier-view.types.js'
import { type PayerDevice, payChoices } from './payer-device.rules.js'

interface PaymentOutcomeProps {
  view: CashierView
  stage: CashierStage
  device: PayerDevice
  /** The ways to try again, shown where trying again makes sense. */
  children: ReactNode
}

export function PaymentOutcome({ view, stage, device, children }: PaymentOutcomeProps) {
  switch (stage) {
    case 'paid':
      return <Paid view={view} />
    case 'processing':
      return <Processing />
    case 'failed':
      return (
        <Failed view={view} canRetry={payChoices(view.channels, device).length > 0}>
          {children}
        </Failed>
      )
    case 'expired':
    case 'closed':
      return <Ended view={view} stage={stage} />
    default:
      return null
  }
}

function Paid({ view }: { view: CashierView }) {
  const { messages } = useLanguage()
  return (
    <>
      <p className="outcome-amount">
        <Money amountMinor={view.amount} currency={view.currency} size="display" />
      </p>
      <dl className="facts">
        {view.paid_at !== null && (
          <div>
            <dt>{messages.paidAt}</dt>
            <dd>
              <Instant at={view.paid_at} withSeconds />
            </dd>
          </div>
        )}
        {view.payment !== null && (
          <div>
            <dt>{messages.paidWith}</dt>
            <dd>{channelWords(messages, view.payment.channel).name}</dd>
          </div>
        )}
        <div>
          <dt>{messages.reference}</dt>
          <dd className="reference">{view.reference}</dd>
        </div>
      </dl>
      {!view.livemode && <p className="test-note">{messages.paidTest}</p>}
      <ReturnLink address={view.return_url} isMain />
    </>
  )
}

function Processing() {
  const { messages } = useLanguage()
  return (
    <>
      <p className="panel-text is-strong">{messages.processingDetail}</p>
      <p className="panel-hint">{messages.processingLater}</p>
    </>
  )
}

interface FailedProps {
  view: CashierView
  canRetry: boolean
  children: ReactNode
}

function Failed({ view, canRetry, children }: FailedProps) {
  const { messages } = useLanguage()
  const reason = view.payment?.failure_message
  return (
    <>
      {reason && <p className="outcome-reason">{reason}</p>}
      <p className="panel-text">{canRetry ? messages.failedDetail : messages.failedFinal}</p>
      {canRetry ? (
        <div className="retry">
          <h3 className="retry-title">{messages.retryTitle}</h3>
          {children}
        </div>
      ) : (
        <ReturnLink address={view.return_url} />
      )}
    </>
  )
}

function Ended({ view, stage }: { view: CashierView; stage: 'expired' | 'closed' }) {
  const { messages } = useLanguage()
  const isChecking = view.status === 'open' || view.status === 'paying'
  const detail = stage === 'closed' ? messages.closedDetail : messages.expiredDetail
  return (
    <>
      <p className="panel-text">{detail}</p>
      <p className="panel-hint">{isChecking ? messages.expiredChecking : messages.lateRefund}</p>
      <ReturnLink address={view.return_url} />
    </>
  )
}

/** Says where it leads: a payer has just been told to trust addresses. */
function ReturnLink({ address, isMain = false }: { address: string | null; isMain?: boolean }) {
  const { messages } = useLanguage()
  if (address === null) return null
  return (
    <a className={`button ${isMain ? 'button-primary' : 'button-secondary'}`} href={address}>
      {messages.returnTo} {new URL(address, window.location.href).hostname}
    </a>
  )
}
