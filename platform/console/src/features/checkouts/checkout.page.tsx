import type { Checkout } from '@openbursar/sdk'
import { Link } from 'react-router'
import { useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { Money } from '../../ui/money.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ObjectHistory } from '../../ui/record/object-history.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { checkoutMessages } from './checkouts.messages.js'

export function CheckoutPage() {
  const words = useMessages(checkoutMessages)
  return (
    <RecordView
      query={useRecord<Checkout>('checkouts', ({ status }) => status === 'open')}
      parent={{ to: '/checkouts', title: words.title }}
      title={({ title }) => title}
      status={({ status }) => `checkout.${status}`}
      actions={(checkout) => <CancelButton checkout={checkout} />}
      facts={useCheckoutFacts()}
    >
      {(checkout) => (
        <>
          <Panel title={words.items}>
            <ul className="line-list">
              {checkout.items.map(({ bill, amount }) => (
                <li key={bill}>
                  <ObjectId id={bill} />
                  <span className="line-end">
                    <Money amountMinor={BigInt(amount)} currency={checkout.currency} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
          <ObjectHistory list="checkouts" id={checkout.id} />
        </>
      )}
    </RecordView>
  )
}

function useCheckoutFacts(): (checkout: Checkout) => Fact[] {
  const words = useMessages(checkoutMessages)
  const data = useMessages(dataMessages)
  return (checkout) => [
    fact(data.amount, <Money amountMinor={BigInt(checkout.amount)} currency={checkout.currency} />),
    fact(
      words.payments,
      <Link to={`/payments?checkout=${checkout.id}`}>{words.showPayments}</Link>,
    ),
    fact(
      words.cashier,
      checkout.status === 'open' && (
        <a href={checkout.url} target="_blank" rel="noreferrer">
          {words.openCashier}
        </a>
      ),
    ),
    fact(data.department, <ObjectId id={checkout.department} />),
    fact(data.createdAt, <Instant at={checkout.created_at} withSeconds />),
    fact(data.expiresAt, <Instant at={checkout.expires_at} withSeconds />),
    fact(words.returnUrl, checkout.return_url),
  ]
}

function CancelButton({ checkout }: { checkout: Checkout }) {
  const words = useMessages(checkoutMessages)
  const mayWrite = useScope('payments:write')
  const cancel = useApiMutation<Checkout>(
    (bursar, _, options) => bursar.checkouts.cancel(checkout.id, options),
    { changes: ['checkouts', 'request_logs'] },
  )
  if (!mayWrite || checkout.status !== 'open') return null
  return (
    <ConfirmButton
      label={words.cancel}
      title={words.cancelTitle}
      confirmLabel={words.cancel}
      isDangerous
      onConfirm={() => cancel.mutateAsync()}
    >
      {words.cancelDetail}
    </ConfirmButton>
  )
}
