import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'
import type { CashierState } from './cashier.state.js'
import type { CashierStage } from './cashier-stage.rules.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { OtherWays } from './other-ways.view.js'
import type { PayerDevice } from './payer-device.rules.js'
import { BridgePayment, CounterNumber, LeavePage } from './payment-action.view.js'
import { PaymentCode } from './payment-code.view.js'
import { PinEntry } from './pin-entry.view.js'
import { RefusalNote } from './refusal-note.view.js'

interface PaymentUnderWayProps {
  state: CashierState
  view: CashierView
  stage: CashierStage
  device: PayerDevice
  choice: PayChoice | null
  onPay: (choice: PayChoice) => void
  onConfirm: (pin: string) => void
}

/** What the payer has to do for the order under way, and the way to another one. */
export function PaymentUnderWay(props: PaymentUnderWayProps) {
  const { state, view, stage, device, onPay } = props
  const { messages } = useLanguage()
  const phoneUrl = stage === 'preparing' ? null : (view.payment?.phone_url ?? null)
  return (
    <div className="code">
      <RefusalNote state={state} isConfirm={stage === 'pin'} />
      <WhatToDo {...props} />
      {phoneUrl !== null && (
        <a className="button button-test" href={phoneUrl} target="_blank" rel="noopener noreferrer">
          <span className="test-tag">{messages.testTag}</span>
          {messages.openPhone}
        </a>
      )}
      <p className="panel-hint">{messages.autoResult}</p>
      {stage !== 'preparing' && (
        <OtherWays
          // Closed again once another way is under way.
          key={`${view.payment?.channel} ${view.payment?.method}`}
          view={view}
          device={device}
          onPay={onPay}
        />
      )}
    </div>
  )
}

function WhatToDo({ state, view, stage, choice, onConfirm }: PaymentUnderWayProps) {
  const { messages } = useLanguage()
  const words = channelWords(messages, choice?.channel ?? '')
  if (stage === 'preparing' && choice?.method !== 'native') {
    return (
      <p className="panel-text is-preparing">
        <span className="spinner" aria-hidden="true" />
        {messages.preparingPage(words.app)}
      </p>
    )
  }
  const action = stage === 'preparing' ? null : view.payment?.action
  switch (action?.type) {
    case 'redirect':
    case 'submit_form':
      return <LeavePage address={action.url} words={words} isFresh={state.isFresh} />
    case 'invoke_jsapi':
      return <BridgePayment parameters={action.parameters} app={words.app} />
    case 'enter_pin':
      return <PinEntry isConfirming={state.isConfirming} onConfirm={onConfirm} />
    case 'pay_at_counter':
      return <CounterNumber number={action.counter_no} />
    case 'elsewhere':
      return <p className="panel-text">{messages.waitingDetail}</p>
    case 'show_qr':
    case undefined:
      return <PaymentCode view={view} choice={choice} isPreparing={stage === 'preparing'} />
  }
}
