import { Link } from 'react-router'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import './apps.css'
import { appsMessages } from './apps.messages.js'
import { LiveDecision, LiveRequestFacts } from './live-request.view.js'

const SHOWN_MAX = 100

/** What waits for somebody to decide. */
export function ApprovalsPage() {
  const words = useMessages(appsMessages)
  const query = useApiQuery(
    ['apps', 'waiting'],
    (bursar, options) => bursar.apps.list({ live_request: 'open', limit: SHOWN_MAX }, options),
    { reach: 'institution' },
  )
  return (
    <>
      <PageHeader title={words.approvalsTitle} lead={words.approvalsLead} />
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="table-empty">{words.approvalsEmpty}</p>
          ) : (
            <div className="approval">
              {data.map((app) => (
                <section key={app.id} className="panel-box">
                  <h2>
                    <Link to={`/apps/${app.id}/live`}>{app.name}</Link> · {app.department_name}
                  </h2>
                  {app.live_access.request !== null && (
                    <>
                      <LiveRequestFacts request={app.live_access.request} />
                      <LiveDecision app={app} request={app.live_access.request} />
                    </>
                  )}
                </section>
              ))}
            </div>
          )
        }
      </QueryState>
    </>
  )
}
