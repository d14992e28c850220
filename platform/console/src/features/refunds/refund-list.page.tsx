import type { Refund } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { ObjectId } from '../../ui/object-id.view.js'
import {
  useAmountColumn,
  useCreatedColumn,
  useDayFields,
  useStatusColumn,
  useStatusField,
} from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { refundMessages } from './refunds.messages.js'

const FILTERS = ['status', 'out_refund_no', 'payment', 'from', 'to'] as const

export function RefundListPage() {
  const words = useMessages(refundMessages)
  return (
    <RecordList<Refund, (typeof FILTERS)[number]>
      list="refunds"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        useStatusField('refund'),
        { kind: 'text', name: 'out_refund_no', label: words.outRefundNo },
        { kind: 'text', name: 'payment', label: words.payment },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'no', title: words.outRefundNo, render: ({ out_refund_no }) => out_refund_no },
        useStatusColumn('refund'),
        {
          key: 'payment',
          title: words.payment,
          isMinor: true,
          render: ({ payment }) => <ObjectId id={payment} />,
        },
        useCreatedColumn(),
        useAmountColumn(),
      ]}
    />
  )
}
