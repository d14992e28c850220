import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'
import { ChannelIcon } from '../ui/channel-icon.view.js'
import { moneyText } from '../ui/money.format.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'

interface ChannelChoiceProps {
  view: CashierView
  onPay: (choice: PayChoice) => void
}

/** One tap starts: a single channel is the button itself, several are a list of buttons. */
export function ChannelChoice({ view, onPay }: ChannelChoiceProps) {
  const { messages } = useLanguage()
  const choices = payChoices(view)
  const amount = moneyText(view.amount, view.currency)
  if (choices.length === 0) return <p className="panel-text">{messages.noChannels}</p>
  const [only] = choices
  if (only !== undefined && choices.length === 1) {
    const words = channelWords(messages, only.channel)
    return (
      <>
        <button className="button button-primary" type="button" onClick={() => onPay(only)}>
          {messages.payWith(words, amount)}
        </button>
        {only.method === 'native' && <p className="panel-hint">{messages.nextStep(words.app)}</p>}
      </>
    )
  }
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

/** The server lists a channel's methods best first. */
export function payChoices(view: CashierView): PayChoice[] {
  return view.channels.flatMap(({ code, methods }) => {
    const [method] = methods
    return method === undefined ? [] : [{ channel: code, method }]
  })
}
