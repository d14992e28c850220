import type { PageData, Payment, SimulatePayment } from '@openbursar/sdk'
import { Button } from 'antd'
import { Link } from 'react-router'
import { useScope } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { Money } from '../../ui/money.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { sandboxMessages } from './sandbox.messages.js'

const EVERY_MS = 3_000
const SHOWN = 8
const TRY_AMOUNT = 100
const CHANGED = ['payments', 'request_logs', 'events', 'ledger_transactions']

type Play = Pick<SimulatePayment, 'action' | 'notify'>

/** The payer's part, without a phone: what is open, and what a payer could do about it. */
export function OpenPaymentPanel() {
  const words = useMessages(sandboxMessages)
  const mayWrite = useScope('payments:write')
  const query = useApiQuery<PageData<Payment>>(
    ['payments', 'open'],
    (bursar, options) => bursar.payments.list({ status: 'pending', limit: SHOWN }, options),
    { everyMs: EVERY_MS },
  )
  const create = useApiMutation<Payment>(
    (bursar, _, options) =>
      bursar.payments.create(
        {
          out_trade_no: `sandbox-${Date.now().toString(36)}`,
          amount: TRY_AMOUNT,
          subject: words.trySubject,
          channel: 'wechatpay',
        },
        options,
      ),
    { changes: CHANGED },
  )
  return (
    <Panel
      title={words.open}
      actions={
        mayWrite && (
          <Button loading={create.isPending} onClick={() => create.mutate()}>
            {words.tryPayment}
          </Button>
        )
      }
    >
      {create.error !== null && <ProblemNote problem={problemOf(create.error)} />}
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="soft">{words.noOpen}</p>
          ) : (
            <ul className="line-list">
              {data.map((payment) => (
                <OpenPayment key={payment.id} payment={payment} mayPlay={mayWrite} />
              ))}
            </ul>
          )
        }
      </QueryState>
    </Panel>
  )
}

function OpenPayment({ payment, mayPlay }: { payment: Payment; mayPlay: boolean }) {
  const words = useMessages(sandboxMessages)
  const play = useApiMutation<Payment, Play>(
    (bursar, input, options) => bursar.testHelpers.payments.simulate(payment.id, input, options),
    { changes: CHANGED },
  )
  return (
    <li>
      <Link to={`/payments/${payment.id}`}>{payment.out_trade_no}</Link>
      <span className="soft">
        {payment.subject} · <ChannelName code={payment.channel} />
      </span>
      <Money amountMinor={BigInt(payment.amount)} currency={payment.currency} />
      <span className="line-end line-actions">
        <a href={payment.cashier_url} target="_blank" rel="noreferrer">
          {words.cashier}
        </a>
        {mayPlay && (
          <>
            <Button
              size="small"
              disabled={play.isPending}
              onClick={() => play.mutate({ action: 'refuse', notify: 'normal' })}
            >
              {words.refuse}
            </Button>
            <Button
              size="small"
              disabled={play.isPending}
              onClick={() => play.mutate({ action: 'pay', notify: 'lost' })}
            >
              {words.lose}
            </Button>
            <Button
              size="small"
              type="primary"
              loading={play.isPending}
              onClick={() => play.mutate({ action: 'pay', notify: 'normal' })}
            >
              {words.pay}
            </Button>
          </>
        )}
      </span>
      {play.error !== null && <ProblemNote problem={problemOf(play.error)} />}
    </li>
  )
}
