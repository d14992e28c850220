import type { Refund } from '@openbursar/sdk'
import { useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { moneyText } from '../../ui/money.format.js'
import { Money } from '../../ui/money.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ObjectHistory } from '../../ui/record/object-history.view.js'
import { ObjectLedger } from '../../ui/record/object-ledger.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { refundMessages } from './refunds.messages.js'
import { RejectDialog } from './reject.dialog.js'

const UNDER_WAY: readonly string[] = ['created', 'approved', 'processing']
const CHANGED = ['refunds', 'payments', 'ledger_transactions', 'request_logs']

export function RefundPage() {
  const words = useMessages(refundMessages)
  const query = useRecord<Refund>('refunds', ({ status }) => UNDER_WAY.includes(status))
  return (
    <RecordView
      query={query}
      parent={{ to: '/refunds', title: words.title }}
      title={({ amount, currency }) => moneyText(BigInt(amount), currency)}
      status={({ status }) => `refund.${status}`}
      actions={(refund) => <RefundActions refund={refund} />}
      facts={useRefundFacts()}
    >
      {(refund) => (
        <>
          <Panel title={words.items}>
            <ul className="line-list">
              {refund.items.map(({ bill, department, amount }) => (
                <li key={`${bill} ${department}`}>
                  {bill === null ? words.direct : <ObjectId id={bill} />}
                  <span className="line-end">
                    <Money amountMinor={BigInt(amount)} currency={refund.currency} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
          <ObjectLedger source={refund.id} />
          <ObjectHistory list="refunds" id={refund.id} />
        </>
      )}
    </RecordView>
  )
}

function useRefundFacts(): (refund: Refund) => Fact[] {
  const words = useMessages(refundMessages)
  const data = useMessages(dataMessages)
  return ({ approval, failure, ...refund }) => [
    fact(data.amount, <Money amountMinor={BigInt(refund.amount)} currency={refund.currency} />),
    fact(words.outRefundNo, <code>{refund.out_refund_no}</code>),
    fact(words.payment, <ObjectId id={refund.payment} />),
    fact(words.reason, refund.reason),
    fact(words.failure, failure && `${failure.message} (${failure.code})`),
    fact(data.createdAt, <Instant at={refund.created_at} withSeconds />),
    fact(
      words.succeededAt,
      refund.succeeded_at && <Instant at={refund.succeeded_at} withSeconds />,
    ),
    fact(words.requestedBy, approval && <ObjectId id={approval.requested_by} />),
    fact(words.decidedBy, approval?.decided_by && <ObjectId id={approval.decided_by} />),
    fact(words.decidedAt, approval?.decided_at && <Instant at={approval.decided_at} withSeconds />),
    fact(words.decision, approval?.reason),
    fact(data.department, <ObjectId id={refund.department} />),
  ]
}

function RefundActions({ refund }: { refund: Refund }) {
  const words = useMessages(refundMessages)
  const mayApprove = useScope('refunds:approve')
  const approve = useApiMutation<Refund>(
    (bursar, _, options) => bursar.refunds.approve(refund.id, options),
    { changes: CHANGED },
  )
  const reject = useApiMutation<Refund, string>(
    (bursar, reason, options) => bursar.refunds.reject(refund.id, { reason }, options),
    { changes: CHANGED },
  )
  if (!mayApprove || refund.status !== 'awaiting_approval') return null
  return (
    <>
      <RejectDialog onReject={(reason) => reject.mutateAsync(reason)} />
      <ConfirmButton
        label={words.approve}
        title={words.approveTitle(moneyText(BigInt(refund.amount), refund.currency))}
        confirmLabel={words.approve}
        type="primary"
        onConfirm={() => approve.mutateAsync()}
      >
        {words.approveDetail}
      </ConfirmButton>
    </>
  )
}
