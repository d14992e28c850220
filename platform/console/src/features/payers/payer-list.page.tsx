import type { Payer } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { useCreatedColumn, useDayFields } from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { payerMessages } from './payers.messages.js'

const FILTERS = ['kind', 'from', 'to'] as const

export function PayerListPage() {
  const words = useMessages(payerMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordList<Payer, (typeof FILTERS)[number]>
      list="payers"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        { kind: 'choice', name: 'kind', label: data.kind, choices: Object.entries(words.kinds) },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'name', title: words.name, render: ({ name_masked }) => name_masked },
        { key: 'kind', title: data.kind, render: ({ kind }) => words.kinds[kind] },
        {
          key: 'number',
          title: words.number,
          render: ({ number_masked, number_type }) => (
            <>
              <code>{number_masked}</code>{' '}
              <span className="soft">{words.numberTypes[number_type]}</span>
            </>
          ),
        },
        {
          key: 'phone',
          title: words.phone,
          isMinor: true,
          render: ({ phone_masked }) => phone_masked,
        },
        useCreatedColumn(),
      ]}
    />
  )
}
