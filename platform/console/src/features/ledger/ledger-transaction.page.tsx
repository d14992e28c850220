import type { LedgerTransaction } from '@openbursar/sdk'
import { useParams } from 'react-router'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { Panel } from '../../ui/panel.view.js'
import { LedgerEntries } from '../../ui/record/ledger-entries.view.js'
import { RecordView } from '../../ui/record/record.view.js'
import { ledgerMessages } from './ledger.messages.js'

export function LedgerTransactionPage() {
  const words = useMessages(ledgerMessages)
  const data = useMessages(dataMessages)
  const { id = '' } = useParams()
  const query = useApiQuery<LedgerTransaction>(['ledger_transactions', id], (bursar, options) =>
    bursar.ledgerTransactions.get(id, options),
  )
  return (
    <RecordView
      query={query}
      parent={{ to: '/ledger/transactions', title: words.title }}
      title={({ kind }) => words.kinds[kind]}
      facts={(transaction) => [
        fact(words.source, <ObjectId id={transaction.source} />),
        fact(words.date, transaction.business_date),
        fact(words.postedAt, <Instant at={transaction.posted_at} withSeconds />),
        fact(data.about, transaction.description),
        fact(words.corrects, transaction.corrects && <ObjectId id={transaction.corrects} />),
        fact(words.position, transaction.seal && String(transaction.seal.position)),
        fact(words.hash, transaction.seal && <code>{transaction.seal.hash}</code>),
      ]}
    >
      {(transaction) => (
        <Panel title={words.entries}>
          <LedgerEntries transaction={transaction} />
        </Panel>
      )}
    </RecordView>
  )
}
