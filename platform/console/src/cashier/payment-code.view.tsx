import { useState } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'
import type { CashierStage } from './cashier-stage.rules.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { ChannelChoice, payChoices } from './channel-choice.view.js'
import { QrCode } from './qr-code.view.js'

interface PaymentCodeProps {
  view: CashierView
  choice: PayChoice | null
  stage: CashierStage
  onPay: (choice: PayChoice) => void
}

/** The code to scan and how to scan it, with room kept while it is being prepared. */
export function PaymentCode({ view, choice, stage, onPay }: PaymentCodeProps) {
  const { messages } = useLanguage()
  const { app } = channelWords(messages, choice?.channel ?? '')
  const payment = stage === 'preparing' ? null : view.payment
  return (
    <div className="code">
      {stage === 'waiting' ? (
        <p className="panel-text">{messages.waitingDetail}</p>
      ) : (
        <>
          <QrCode address={payment?.qr_url ?? null} app={app} reference={view.reference} />
          <p className="panel-text only-desktop">{messages.scanOnDesktop(app)}</p>
          <p className="panel-text only-phone">{messages.scanOnPhone(app)}</p>
        </>
      )}
      {payment?.phone_url && (
        <a
          className="button button-test"
          href={payment.phone_url}
          target="_blank"
          rel="noopener noreferrer"
        >
          <span className="test-tag">{messages.testTag}</span>
          {messages.openPhone}
        </a>
      )}
      <p className="panel-hint">{messages.autoResult}</p>
      {payment !== null && <OtherWays view={view} onPay={onPay} />}
    </div>
  )
}

function OtherWays({ view, onPay }: Pick<PaymentCodeProps, 'view' | 'onPay'>) {
  const { messages } = useLanguage()
  const [isOpen, setIsOpen] = useState(false)
  const others = view.channels.filter(({ code }) => code !== view.payment?.channel)
  if (payChoices({ ...view, channels: others }).length === 0) return null
  return (
    <div className="other-ways">
      <button
        className="button-link"
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {messages.changeChannel}
      </button>
      {isOpen && <ChannelChoice view={{ ...view, channels: others }} onPay={onPay} />}
    </div>
  )
}
