import { CheckCircleFilled, ClockCircleOutlined } from '@ant-design/icons'
import type { GoLiveChecklist } from '@openbursar/sdk'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { Id } from '../../ui/id.view.js'
import { Instant } from '../../ui/instant.view.js'
import { JsonView } from '../../ui/json-view.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { ScopeList } from '../../ui/scope-picker.view.js'
import './apps.css'
import { useApp } from './app.page.js'
import { appsMessages } from './apps.messages.js'
import { EditAppDialog } from './edit-app.dialog.js'

const LOOK_AGAIN_MS = 15_000

export function AppOverview() {
  const words = useMessages(appsMessages)
  const app = useApp()
  const query = useApiQuery(
    ['apps', app.id, 'checklist'],
    (bursar, options) => bursar.apps.checklist(app.id, options),
    // It is ticked while the developer works elsewhere.
    { reach: 'institution', everyMs: LOOK_AGAIN_MS },
  )
  return (
    <>
      <section className="panel-box" aria-labelledby="checklist-title">
        <h2 id="checklist-title">{words.checklist}</h2>
        <p className="dialog-text">{words.checklistLead}</p>
        <QueryState query={query}>{(checklist) => <Checklist checklist={checklist} />}</QueryState>
      </section>
      <section className="panel-box">
        <div className="panel-head">
          <h2>{words.about}</h2>
          {app.permissions.includes('apps:write') && <EditAppDialog app={app} />}
        </div>
        <dl className="facts">
          <dt>{words.appId}</dt>
          <dd>
            <Id id={app.id} />
          </dd>
          <dt>{words.department}</dt>
          <dd>{app.department_name}</dd>
          <dt>{words.purpose}</dt>
          <dd>{app.purpose ?? '—'}</dd>
          <dt>{words.apiVersion}</dt>
          <dd>{app.api_version}</dd>
          <dt>{words.created}</dt>
          <dd>
            <Instant at={app.created_at} withSeconds={false} />
          </dd>
          <dt>{words.scopes}</dt>
          <dd>
            <ScopeList scopes={app.scopes} />
          </dd>
        </dl>
        <details className="scope-details">
          <summary>{words.asObject}</summary>
          <JsonView label={`GET /v1/apps/${app.id}`} value={app} />
        </details>
      </section>
    </>
  )
}

function Checklist({ checklist }: { checklist: GoLiveChecklist }) {
  const words = useMessages(appsMessages)
  const { language } = useLanguage()
  const required = checklist.items.filter((item) => item.is_required)
  const done = required.filter((item) => item.is_done)
  return (
    <>
      <p className={checklist.is_ready ? 'checklist-sum is-ready' : 'checklist-sum'}>
        {checklist.is_ready ? words.ready : words.notReady(done.length, required.length)}
      </p>
      <ul className="checklist">
        {checklist.items.map((item) => (
          <li key={item.item} className={item.is_done ? 'is-done' : ''}>
            {item.is_done ? <CheckCircleFilled aria-hidden /> : <ClockCircleOutlined aria-hidden />}
            <div>
              <p className="checklist-title">
                {item.title[language]}
                <span className="hint">
                  {item.is_required ? words.requiredItem : words.optionalItem}
                </span>
              </p>
              {item.evidence === null ? (
                <p className="hint">
                  {words.notSeen} · {item.how[language]}
                </p>
              ) : (
                <p className="hint">
                  {words.seen} <Id id={item.evidence.object_id} />{' '}
                  <Instant at={item.evidence.seen_at} withSeconds />
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
