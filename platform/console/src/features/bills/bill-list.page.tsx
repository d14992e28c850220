import type { Bill } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { Money } from '../../ui/money.view.js'
import {
  useAmountColumn,
  useCreatedColumn,
  useDayFields,
  useStatusColumn,
  useStatusField,
} from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { billMessages } from './bills.messages.js'

const FILTERS = ['status', 'out_bill_no', 'payer', 'fee_item', 'from', 'to'] as const

export function BillListPage() {
  const words = useMessages(billMessages)
  return (
    <RecordList<Bill, (typeof FILTERS)[number]>
      list="bills"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        useStatusField('bill'),
        { kind: 'text', name: 'out_bill_no', label: words.outBillNo },
        { kind: 'text', name: 'payer', label: words.payer },
        { kind: 'text', name: 'fee_item', label: words.feeItem },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'no', title: words.outBillNo, render: ({ out_bill_no }) => out_bill_no },
        { key: 'title', title: words.name, render: ({ title }) => title },
        useStatusColumn('bill'),
        useCreatedColumn(),
        {
          key: 'due',
          title: words.due,
          align: 'end',
          isMinor: true,
          render: ({ amount_due, currency }) => (
            <Money amountMinor={BigInt(amount_due)} currency={currency} />
          ),
        },
        useAmountColumn(),
      ]}
    />
  )
}
