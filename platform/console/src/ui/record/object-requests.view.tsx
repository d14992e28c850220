import type { PageData, RequestLog } from '@openbursar/sdk'
import { Link } from 'react-router'
import { useScope } from '../../api/api.context.js'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import { Instant } from '../instant.view.js'
import { Panel } from '../panel.view.js'
import { QueryState } from '../query-state.view.js'
import { HttpStatus } from './http-status.view.js'

const SHOWN = 10

/** The calls that were about an object, the newest first. */
export function ObjectRequests({ id }: { id: string }) {
  const words = useMessages(dataMessages)
  const mayRead = useScope('logs:read')
  const query = useApiQuery<PageData<RequestLog>>(
    ['request_logs', 'of', id],
    (bursar, options) => bursar.requestLogs.list({ object_id: id, limit: SHOWN }, options),
    { enabled: mayRead },
  )
  if (!mayRead) return null
  return (
    <Panel
      title={words.requests}
      actions={<Link to={`/request_logs?object_id=${id}`}>{words.showAll}</Link>}
    >
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? <p className="soft">{words.noRequests}</p> : <Calls calls={data} />
        }
      </QueryState>
    </Panel>
  )
}

function Calls({ calls }: { calls: readonly RequestLog[] }) {
  return (
    <ul className="line-list">
      {calls.map((call) => (
        <li key={call.id}>
          <HttpStatus status={call.status} />
          <Link to={`/request_logs/${call.id}`}>
            <code>
              {call.method} {call.path}
            </code>
          </Link>
          <span className="soft line-end">
            <Instant at={call.created_at} withSeconds />
          </span>
        </li>
      ))}
    </ul>
  )
}
