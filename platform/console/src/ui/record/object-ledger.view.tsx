import type { LedgerTransaction, PageData } from '@openbursar/sdk'
import { useScope } from '../../api/api.context.js'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import { Panel } from '../panel.view.js'
import { QueryState } from '../query-state.view.js'
import { LedgerEntries } from './ledger-entries.view.js'

/** What an object changed in the books. */
export function ObjectLedger({ source }: { source: string }) {
  const words = useMessages(dataMessages)
  const mayRead = useScope('ledger:read')
  const query = useApiQuery<PageData<LedgerTransaction>>(
    ['ledger_transactions', 'of', source],
    (bursar, options) => bursar.ledgerTransactions.list({ source }, options),
    { enabled: mayRead },
  )
  if (!mayRead) return null
  return (
    <Panel title={words.ledger}>
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="soft">{words.noLedger}</p>
          ) : (
            data.map((transaction) => (
              <LedgerEntries key={transaction.id} transaction={transaction} />
            ))
          )
        }
      </QueryState>
    </Panel>
  )
}
