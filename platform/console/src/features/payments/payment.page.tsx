import type { Payment } from '@openbursar/sdk'
import { Alert, Button } from 'antd'
import { useCurrentApp, useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { Money } from '../../ui/money.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { ObjectHistory } from '../../ui/record/object-history.view.js'
import { ObjectLedger } from '../../ui/record/object-ledger.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { PaymentRefunds } from './payment-refunds.view.js'
import { paymentMessages } from './payments.messages.js'
import { RefundDialog } from './refund.dialog.js'

const UNDER_WAY: readonly string[] = ['created', 'pending', 'processing']
const CHANGED = ['payments', 'request_logs', 'ledger_transactions', 'events', 'history']

export function PaymentPage() {
  const words = useMessages(paymentMessages)
  const query = useRecord<Payment>('payments', ({ status }) => UNDER_WAY.includes(status))
  return (
    <RecordView
      query={query}
      parent={{ to: '/payments', title: words.title }}
      title={({ subject }) => subject}
      status={({ status }) => `payment.${status}`}
      actions={(payment) => <PaymentActions payment={payment} />}
      facts={usePaymentFacts()}
    >
      {(payment) => (
        <>
          {payment.status === 'processing' && (
            <Alert className="page-alert" type="warning" showIcon title={words.inDoubt} />
          )}
          <PaymentRefunds payment={payment} />
          <ObjectLedger source={payment.id} />
          <ObjectHistory list="payments" id={payment.id} />
        </>
      )}
    </RecordView>
  )
}

function usePaymentFacts(): (payment: Payment) => Fact[] {
  const words = useMessages(paymentMessages)
  const data = useMessages(dataMessages)
  return (payment) => {
    const { currency, failure, amount_refunded } = payment
    const refunded = <Money amountMinor={BigInt(amount_refunded)} currency={currency} />
    return [
      fact(data.amount, <Money amountMinor={BigInt(payment.amount)} currency={currency} />),
      fact(words.amountRefunded, amount_refunded > 0 && refunded),
      fact(words.outTradeNo, <code>{payment.out_trade_no}</code>),
      fact(data.channel, payment.channel && <ChannelName code={payment.channel} />),
      fact(words.method, payment.method),
      fact(words.failure, failure && `${failure.message} (${failure.code})`),
      fact(data.createdAt, instant(payment.created_at)),
      fact(words.succeededAt, payment.succeeded_at && instant(payment.succeeded_at)),
      fact(words.closedAt, payment.closed_at && instant(payment.closed_at)),
      fact(data.expiresAt, UNDER_WAY.includes(payment.status) && instant(payment.expires_at)),
      fact(words.checkout, payment.checkout && <ObjectId id={payment.checkout} />),
      fact(words.wallet, payment.wallet && <ObjectId id={payment.wallet} />),
      fact(data.department, <ObjectId id={payment.department} />),
      fact(
        words.cashier,
        UNDER_WAY.includes(payment.status) && (
          <a href={payment.cashier_url} target="_blank" rel="noreferrer">
            {words.openCashier}
          </a>
        ),
      ),
      fact(words.returnUrl, payment.return_url),
    ]
  }
}

const instant = (at: string) => <Instant at={at} withSeconds />

function PaymentActions({ payment }: { payment: Payment }) {
  const words = useMessages(paymentMessages)
  const mayWrite = useScope('payments:write')
  const mayRefund = useScope('refunds:write')
  const isTest = useCurrentApp()?.workplace.mode === 'test'
  const close = useApiMutation<Payment>(
    (bursar, _, options) => bursar.payments.close(payment.id, options),
    { changes: CHANGED },
  )
  const isUnpaid = payment.status === 'created' || payment.status === 'pending'
  const isLeft = payment.status === 'succeeded' && payment.amount_refunded < payment.amount
  return (
    <>
      {isTest && mayWrite && isUnpaid && <PlayPayer id={payment.id} />}
      {mayWrite && isUnpaid && (
        <ConfirmButton
          label={words.close}
          title={words.closeTitle}
          confirmLabel={words.closeDo}
          isDangerous
          onConfirm={() => close.mutateAsync()}
        >
          {words.closeDetail}
        </ConfirmButton>
      )}
      {mayRefund && isLeft && <RefundDialog payment={payment} />}
    </>
  )
}

/** In the sandbox nobody has to take out a phone. */
function PlayPayer({ id }: { id: string }) {
  const words = useMessages(paymentMessages)
  const play = useApiMutation<Payment, 'pay' | 'refuse'>(
    (bursar, action, options) => bursar.testHelpers.payments.simulate(id, { action }, options),
    { changes: CHANGED },
  )
  return (
    <>
      {play.error !== null && <ProblemNote problem={problemOf(play.error)} />}
      <Button loading={play.isPending} onClick={() => play.mutate('refuse')}>
        {words.payRefused}
      </Button>
      <Button type="primary" loading={play.isPending} onClick={() => play.mutate('pay')}>
        {words.payNow}
      </Button>
    </>
  )
}
