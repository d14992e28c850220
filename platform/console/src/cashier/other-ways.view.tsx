import { useState } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { ChannelList } from './channel-choice.view.js'
import { type PayerDevice, payChoices } from './payer-device.rules.js'

interface OtherWaysProps {
  view: CashierView
  device: PayerDevice
  onPay: (choice: PayChoice) => void
}

/** Ways to pay instead of the one under way, out of the way until somebody asks for them. */
export function OtherWays({ view, device, onPay }: OtherWaysProps) {
  const { messages } = useLanguage()
  const [isOpen, setIsOpen] = useState(false)
  const current = view.payment
  const others = payChoices(view.channels, device).filter(
    ({ channel, method }) => channel !== current?.channel || method !== current.method,
  )
  if (others.length === 0) return null
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
      {isOpen && (
        <>
          <p className="panel-hint">{messages.changeHint}</p>
          <ChannelList view={view} choices={others} onPay={onPay} />
        </>
      )}
    </div>
  )
}
