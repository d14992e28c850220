import type { History, HistoryEntry } from '@openbursar/sdk'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import { Instant } from '../instant.view.js'
import { Money } from '../money.view.js'
import { pageOfId } from '../object-link.rules.js'
import { Panel } from '../panel.view.js'
import { QueryState } from '../query-state.view.js'
import { StatusTag } from '../status-tag.view.js'
import { HttpStatus } from './http-status.view.js'

const EVERY_MS = 4_000

interface ObjectHistoryProps {
  readonly list: 'payments' | 'refunds' | 'bills' | 'checkouts'
  readonly id: string
}

/** Everything that happened to an object, in one line of time: calls, channels, books, webhooks. */
export function ObjectHistory({ list, id }: ObjectHistoryProps) {
  const words = useMessages(dataMessages)
  const query = useApiQuery<History>(
    [list, id, 'history'],
    (bursar, options) => bursar[list].history(id, options),
    { everyMs: EVERY_MS },
  )
  return (
    <Panel title={words.history}>
      <QueryState query={query}>
        {({ entries }) =>
          entries.length === 0 ? (
            <p className="soft">{words.noHistory}</p>
          ) : (
            <ol className="history">
              {entries.toReversed().map((entry) => (
                <li key={`${entry.type} ${entry.id}`} className="history-item">
                  <span className="timeline-time">
                    <Instant at={entry.at} withSeconds />
                  </span>
                  <span className="soft">{words.historyTypes[entry.type]}</span>
                  <span className="history-text">
                    <EntryText entry={entry} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </QueryState>
    </Panel>
  )
}

function EntryText({ entry }: { entry: HistoryEntry }) {
  switch (entry.type) {
    case 'event':
      return (
        <>
          {linked(entry.id, entry.event_type)}
          {entry.request_id !== null && (
            <Link className="soft" to={`/request_logs/${entry.request_id}`}>
              {entry.request_id}
            </Link>
          )}
        </>
      )
    case 'payment_attempt':
      return (
        <>
          {entry.channel} · {entry.method} <code>{entry.channel_order_no}</code>
          <StatusTag status={`attempt.${entry.status}`} />
        </>
      )
    case 'late_success':
    case 'refund':
      return (
        <>
          {linked(entry.id, entry.id)}
          <Money amountMinor={BigInt(entry.amount)} currency={entry.currency} />
          <StatusTag status={`refund.${entry.status}`} />
        </>
      )
    case 'ledger_transaction':
      return linked(entry.id, entry.description)
    case 'webhook_delivery':
      return (
        <>
          {linked(entry.id, entry.id)}
          <StatusTag status={`webhook_delivery.${entry.status}`} />
          {entry.error !== null && <span className="soft">{entry.error}</span>}
        </>
      )
    case 'request':
      return (
        <>
          {linked(entry.id, `${entry.method} ${entry.path}`)}
          <HttpStatus status={entry.status} />
          {entry.error_code}
        </>
      )
  }
}

function linked(id: string, text: string): ReactNode {
  const to = pageOfId(id)
  return to === null ? text : <Link to={to}>{text}</Link>
}
