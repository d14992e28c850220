import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'
import { ChannelIcon } from '../ui/channel-icon.view.js'
import { moneyText } from '../ui/money.format.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { type PayerDevice, payChoices } from './payer-device.rules.js'

interface ChannelChoiceProps {
  view: CashierView
  device: PayerDevice
  onPay: (choice: PayChoice) => void
}

/** One tap starts: a single channel is the button itself, several are a list of buttons. */
export function ChannelChoice({ view, device, onPay }: ChannelChoiceProps) {
  const { messages } = useLanguage()
  const choices = payChoices(view.channels, device)
  if (choices.length === 0) return <p className="panel-text">{messages.noChannels}</p>
  const [only] = choices
  if (only === undefined || choices.length > 1) {
    return <ChannelList view={view} choices={choices} onPay={onPay} />
  }
  const words = channelWords(messages, only.channel)
  const amount = moneyText(view.amount, view.currency)
  return (
    <>
      <button className="button button-primary" type="button" onClick={() => onPay(only)}>
        {messages.payWith(words, amount)}
      </button>
      {only.method === 'native' && <p className="panel-hint">{messages.nextStep(words.app)}</p>}
    </>
  )
}

interface ChannelListProps {
  view: CashierView
  choices: PayChoice[]
  onPay: (choice: PayChoice) => void
}

export function ChannelList({ view, choices, onPay }: ChannelListProps) {
  const { messages } = useLanguage()
  const amount = moneyText(view.amount, view.currency)
  return (
    <ul className="channel-list">
      {choices.map((choice) => {
        const words = channelWords(messages, choice.channel)
        return (
          <li key={choice.channel}>
            <button
              className="channel"
              type="button"
              aria-label={messages.payWith(words, amount)}
              onClick={() => onPay(choice)}
            >
              <ChannelIcon code={choice.channel} />
              <span className="channel-name">{words.name}</span>
              <svg className="chevron" viewBox="0 0 12 20" aria-hidden="true" focusable="false">
                <path d="M2 2l8 8-8 8" />
              </svg>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
