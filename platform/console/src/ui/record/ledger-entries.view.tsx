import type { LedgerTransaction } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import { Money } from '../money.view.js'
import { ObjectId } from '../object-id.view.js'

/** A transaction of the books as bookkeepers write it: debits before credits, in two columns. */
export function LedgerEntries({ transaction }: { transaction: LedgerTransaction }) {
  const words = useMessages(dataMessages)
  const entries = transaction.entries.toSorted((one, other) =>
    one.direction === other.direction ? 0 : one.direction === 'debit' ? -1 : 1,
  )
  return (
    <div className="ledger-transaction">
      <p className="ledger-head">
        <ObjectId id={transaction.id} />
        <span className="soft">
          {transaction.description} · {transaction.business_date}
        </span>
      </p>
      <div className="table-frame">
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{words.ledgerAccount}</th>
              <th scope="col" className="is-end">
                {words.debit}
              </th>
              <th scope="col" className="is-end">
                {words.credit}
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ account, direction, amount, currency }) => (
              <tr key={`${account} ${direction}`}>
                <td>
                  <code>{account}</code>
                </td>
                {['debit', 'credit'].map((column) => (
                  <td key={column} className="is-end">
                    {column === direction && (
                      <Money amountMinor={BigInt(amount)} currency={currency} />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
