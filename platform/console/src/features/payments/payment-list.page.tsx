import type { Payment } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import {
  useAmountColumn,
  useCreatedColumn,
  useDayFields,
  useStatusColumn,
  useStatusField,
} from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { paymentMessages } from './payments.messages.js'

const FILTERS = ['status', 'out_trade_no', 'checkout', 'from', 'to'] as const

export function PaymentListPage() {
  const words = useMessages(paymentMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordList<Payment, (typeof FILTERS)[number]>
      list="payments"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        useStatusField('payment'),
        { kind: 'text', name: 'out_trade_no', label: words.outTradeNo },
        { kind: 'text', name: 'checkout', label: words.checkout },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'no', title: words.outTradeNo, render: ({ out_trade_no }) => out_trade_no },
        { key: 'subject', title: words.subject, render: ({ subject }) => subject },
        useStatusColumn('payment'),
        {
          key: 'channel',
          title: data.channel,
          isMinor: true,
          render: ({ channel }) => <ChannelName code={channel} />,
        },
        useCreatedColumn(),
        useAmountColumn(),
      ]}
    />
  )
}
