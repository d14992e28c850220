import type { LedgerTransaction } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { Money } from '../../ui/money.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { ledgerMessages } from './ledger.messages.js'

const FILTERS = ['kind', 'source', 'account'] as const

export function LedgerTransactionListPage() {
  const words = useMessages(ledgerMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordList<LedgerTransaction, (typeof FILTERS)[number]>
      list="ledger/transactions"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        { kind: 'choice', name: 'kind', label: data.kind, choices: Object.entries(words.kinds) },
        { kind: 'text', name: 'source', label: words.source },
        { kind: 'text', name: 'account', label: words.account },
      ]}
      columns={[
        { key: 'kind', title: data.kind, render: ({ kind }) => words.kinds[kind] },
        {
          key: 'source',
          title: words.source,
          render: ({ source }) => <ObjectId id={source} />,
        },
        { key: 'date', title: words.date, render: ({ business_date }) => business_date },
        {
          key: 'amount',
          title: data.amount,
          align: 'end',
          render: ({ entries }) => <Turnover entries={entries} />,
        },
      ]}
    />
  )
}

/** What moved: the debits, which equal the credits. */
function Turnover({ entries }: Pick<LedgerTransaction, 'entries'>) {
  const debits = entries.filter(({ direction }) => direction === 'debit')
  const total = debits.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  return <Money amountMinor={total} currency={debits[0]?.currency ?? 'CNY'} />
}
