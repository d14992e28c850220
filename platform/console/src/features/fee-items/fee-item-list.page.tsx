import type { FeeItem } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import {
  useCreatedColumn,
  useDayFields,
  useStatusColumn,
  useStatusField,
} from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { feeItemMessages } from './fee-items.messages.js'

const FILTERS = ['status', 'code', 'from', 'to'] as const

export function FeeItemListPage() {
  const words = useMessages(feeItemMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordList<FeeItem, (typeof FILTERS)[number]>
      list="fee_items"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        useStatusField('fee_item'),
        { kind: 'text', name: 'code', label: words.code },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'name', title: words.name, render: ({ name }) => name },
        { key: 'code', title: words.code, render: ({ code }) => <code>{code}</code> },
        { key: 'kind', title: data.kind, isMinor: true, render: ({ kind }) => words.kinds[kind] },
        useStatusColumn('fee_item'),
        useCreatedColumn(),
      ]}
    />
  )
}
