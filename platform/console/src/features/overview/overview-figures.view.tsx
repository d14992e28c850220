import type { Overview } from '@openbursar/sdk'
import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { Money } from '../../ui/money.view.js'
import { overviewMessages } from './overview.messages.js'
import { mainCurrency, millisecondsText, rateText } from './overview.rules.js'

const counted = (count: number): string => count.toLocaleString('en')

/** The handful of numbers that say how it goes. */
export function OverviewFigures({ overview }: { overview: Overview }) {
  const words = useMessages(overviewMessages)
  const { total } = overview
  const currency = mainCurrency(overview)
  const came = total.succeeded.find((money) => money.currency === currency)
  const went = total.refunded.find((money) => money.currency === currency)
  const money = (amount = 0) => <Money amountMinor={BigInt(amount)} currency={currency} />
  return (
    <dl className="stat-row">
      <Figure name={words.collected} beside={words.payments(counted(came?.count ?? 0))}>
        {money(came?.amount)}
      </Figure>
      <Figure name={words.refunded} beside={words.refunds(counted(went?.count ?? 0))}>
        {money(went?.amount)}
      </Figure>
      <Figure name={words.successRate} beside={words.ended(counted(total.payments_ended))}>
        {rateText(total.success_rate)}
      </Figure>
      <Figure
        name={words.timeToSuccess}
        beside={words.p95(millisecondsText(total.time_to_success.p95_ms))}
      >
        {millisecondsText(total.time_to_success.median_ms)}
      </Figure>
      {total.api !== null && (
        <Figure
          name={words.calls}
          beside={words.errors(counted(total.api.client_errors + total.api.server_errors))}
        >
          {counted(total.api.calls)}
        </Figure>
      )}
    </dl>
  )
}

function Figure(props: { name: string; beside: string; children: ReactNode }) {
  return (
    <div className="stat">
      <dt>{props.name}</dt>
      <dd>
        {props.children}
        <small>{props.beside}</small>
      </dd>
    </div>
  )
}
