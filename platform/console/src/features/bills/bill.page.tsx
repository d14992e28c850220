import type { Bill } from '@openbursar/sdk'
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
import { billMessages } from './bills.messages.js'

export function BillPage() {
  const words = useMessages(billMessages)
  return (
    <RecordView
      query={useRecord<Bill>('bills')}
      parent={{ to: '/bills', title: words.title }}
      title={({ title }) => title}
      status={({ status }) => `bill.${status}`}
      actions={(bill) => <VoidButton bill={bill} />}
      facts={useBillFacts()}
    >
      {(bill) => (
        <>
          <Panel title={words.lines}>
            <ul className="line-list">
              {bill.lines.map(({ description, amount }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a bill never change their order
                <li key={index}>
                  {description}
                  <span className="line-end">
                    <Money amountMinor={BigInt(amount)} currency={bill.currency} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
          <ObjectHistory list="bills" id={bill.id} />
        </>
      )}
    </RecordView>
  )
}

function useBillFacts(): (bill: Bill) => Fact[] {
  const words = useMessages(billMessages)
  const data = useMessages(dataMessages)
  return (bill) => {
    const money = (amount: number) => (
      <Money amountMinor={BigInt(amount)} currency={bill.currency} />
    )
    return [
      fact(data.amount, money(bill.amount)),
      fact(words.due, money(bill.amount_due)),
      fact(words.paid, bill.amount_paid > 0 && money(bill.amount_paid)),
      fact(words.refunded, bill.amount_refunded > 0 && money(bill.amount_refunded)),
      fact(words.outBillNo, <code>{bill.out_bill_no}</code>),
      fact(words.payer, <ObjectId id={bill.payer} />),
      fact(words.feeItem, <ObjectId id={bill.fee_item} />),
      fact(data.department, <ObjectId id={bill.department} />),
      fact(data.createdAt, <Instant at={bill.created_at} withSeconds />),
      fact(data.updatedAt, <Instant at={bill.updated_at} withSeconds />),
      fact(data.expiresAt, bill.expires_at && <Instant at={bill.expires_at} withSeconds />),
    ]
  }
}

function VoidButton({ bill }: { bill: Bill }) {
  const words = useMessages(billMessages)
  const mayWrite = useScope('bills:write')
  const voidBill = useApiMutation<Bill>(
    (bursar, _, options) => bursar.bills.void(bill.id, options),
    { changes: ['bills', 'request_logs'] },
  )
  if (!mayWrite || bill.status !== 'open') return null
  return (
    <ConfirmButton
      label={words.void}
      title={words.voidTitle}
      confirmLabel={words.void}
      isDangerous
      onConfirm={() => voidBill.mutateAsync()}
    >
      {words.voidDetail}
    </ConfirmButton>
  )
}
