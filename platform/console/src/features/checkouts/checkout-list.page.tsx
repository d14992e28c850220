import type { Checkout } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import {
  useAmountColumn,
  useCreatedColumn,
  useDayFields,
  useStatusColumn,
  useStatusField,
} from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { checkoutMessages } from './checkouts.messages.js'

const FILTERS = ['status', 'from', 'to'] as const

export function CheckoutListPage() {
  const words = useMessages(checkoutMessages)
  return (
    <RecordList<Checkout, (typeof FILTERS)[number]>
      list="checkouts"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[useStatusField('checkout'), ...useDayFields()]}
      columns={[
        { key: 'title', title: words.name, render: ({ title }) => title },
        useStatusColumn('checkout'),
        useCreatedColumn(),
        useAmountColumn(),
      ]}
    />
  )
}
