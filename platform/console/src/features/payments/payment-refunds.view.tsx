import type { PageData, Payment, Refund } from '@openbursar/sdk'
import { Link } from 'react-router'
import { useScope } from '../../api/api.context.js'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { Instant } from '../../ui/instant.view.js'
import { Money } from '../../ui/money.view.js'
import { Panel } from '../../ui/panel.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { paymentMessages } from './payments.messages.js'

/** Only money that came can go back. */
export function PaymentRefunds({ payment }: { payment: Payment }) {
  const words = useMessages(paymentMessages)
  const isShown = useScope('refunds:read') && payment.status === 'succeeded'
  const query = useApiQuery<PageData<Refund>>(
    ['refunds', 'of', payment.id],
    (bursar, options) => bursar.refunds.list({ payment: payment.id }, options),
    { enabled: isShown },
  )
  if (!isShown) return null
  return (
    <Panel title={words.refunds}>
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="soft">{words.noRefunds}</p>
          ) : (
            <ul className="line-list">
              {data.map((refund) => (
                <li key={refund.id}>
                  <StatusTag status={`refund.${refund.status}`} />
                  <Link to={`/refunds/${refund.id}`}>{refund.out_refund_no}</Link>
                  <span className="soft">
                    <Instant at={refund.created_at} withSeconds />
                  </span>
                  <span className="line-end">
                    <Money amountMinor={BigInt(refund.amount)} currency={refund.currency} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
    </Panel>
  )
}
