import { useEffect } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import type { Messages } from '../i18n/messages.types.js'
import { useCashierState, useServerNow } from './cashier.hooks.js'
import type { CashierSession } from './cashier.session.js'
import type { CashierState } from './cashier.state.js'
import { CashierFrame } from './cashier-frame.view.js'
import { CashierNotice } from './cashier-notice.view.js'
import { connectionTrouble } from './cashier-poll.rules.js'
import { CashierSkeleton } from './cashier-skeleton.view.js'
import { isFinal, stageOf } from './cashier-stage.rules.js'
import { OrderItems, OrderSummary } from './order-summary.view.js'
import type { PayerDevice } from './payer-device.rules.js'
import { PaymentPanel } from './payment-panel.view.js'

interface CashierPageProps {
  session: CashierSession
  device: PayerDevice
}

export function CashierPage({ session, device }: CashierPageProps) {
  const { messages } = useLanguage()
  const state = useCashierState(session)
  const nowMs = useServerNow(state.clock?.offsetMs ?? 0, state.view !== null && !isFinal(state))
  const stage = stageOf(state, nowMs)
  const { view } = state

  useEffect(() => {
    document.title = titleOf(state, messages)
  }, [state, messages])

  if (stage === 'loading') return <CashierSkeleton />
  if (view === null || stage === 'not_found' || stage === 'unavailable') {
    const kind = stage === 'not_found' ? 'not_found' : state.isOffline ? 'offline' : 'server'
    return <CashierNotice kind={kind} onRetry={session.refresh} />
  }
  const order = <OrderSummary key="order" view={view} stage={stage} />
  const panel = (
    <PaymentPanel
      key="panel"
      state={state}
      view={view}
      stage={stage}
      device={device}
      nowMs={nowMs}
      onPay={(choice) => void session.pay(choice)}
      onConfirm={(pin) => void session.confirm(pin)}
    />
  )
  return (
    <CashierFrame view={view} trouble={connectionTrouble(state)} asksForPin={stage === 'pin'}>
      <main className="cashier-main" data-stage={stage}>
        {/* Who has paid wants the result first; until then, what is to be paid. */}
        {stage === 'paid' ? [panel, order] : [order, panel]}
        <OrderItems view={view} />
      </main>
    </CashierFrame>
  )
}

/** A payer with many tabs sees the result in the tab's name. */
function titleOf(state: CashierState, messages: Messages): string {
  const { view } = state
  if (view === null) return messages.pageTitle
  const title = `${view.title} · ${view.institution_name}`
  return view.status === 'paid' ? `✓ ${messages.paidTitle} · ${title}` : title
}
