import type { App, RequestLive } from '@openbursar/sdk'
import { Button, Form, Input } from 'antd'
import { Link } from 'react-router'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { ScopeList } from '../../ui/scope-picker.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { useApp } from './app.page.js'
import { appsMessages } from './apps.messages.js'
import { LiveDecision, LiveRequestFacts, Person } from './live-request.view.js'
import { ReasonButton } from './reason-button.view.js'

const SETTINGS = { reach: 'institution', changes: ['apps', 'session'] } as const

export function AppLive() {
  const words = useMessages(appsMessages)
  const app = useApp()
  const { request } = app.live_access
  const isWaiting = request?.status === 'requested'
  const mayAsk = app.permissions.includes('apps:write') && !isWaiting
  return (
    <>
      <p className="dialog-text">{words.liveLead}</p>
      <LiveFacts app={app} />
      {isWaiting && (
        <section className="panel-box">
          <h2>{words.requestWaiting}</h2>
          <LiveRequestFacts request={request} />
          <LiveDecision app={app} request={request} />
          <Withdraw app={app} />
        </section>
      )}
      {mayAsk && needsApproval(app) && <AskForLive app={app} />}
    </>
  )
}

/** There is something to ask for: no live access, or scopes that it doesn't have yet in live mode. */
function needsApproval({ live_access, scopes }: App): boolean {
  if (live_access.status !== 'approved') return true
  return scopes.some((scope) => !live_access.scopes.includes(scope))
}

function LiveFacts({ app }: { app: App }) {
  const words = useMessages(appsMessages)
  const { status, scopes, changed_at, reason, request } = app.live_access
  const suspend = useApiMutation(
    (bursar, why: string, options) => bursar.apps.suspendLive(app.id, { reason: why }, options),
    SETTINGS,
  )
  const isRefused = request?.status === 'rejected'
  return (
    <section className="panel-box">
      <dl className="facts">
        <dt>{words.liveStatus}</dt>
        <dd>
          <StatusTag status={status} />
        </dd>
        {changed_at !== null && (
          <>
            <dt>{words.changedAt}</dt>
            <dd>
              <Instant at={changed_at} withSeconds={false} />
            </dd>
          </>
        )}
        {reason !== null && (
          <>
            <dt>{words.reason}</dt>
            <dd>{reason}</dd>
          </>
        )}
        {isRefused && (
          <>
            <dt>{words.decided}</dt>
            <dd>
              <StatusTag status={request.status} /> {request.decision_reason}{' '}
              {request.decided_by !== null && <Person id={request.decided_by} />}
            </dd>
          </>
        )}
        {status === 'approved' && (
          <>
            <dt>{words.liveScopes}</dt>
            <dd>
              <ScopeList scopes={scopes} />
            </dd>
          </>
        )}
      </dl>
      {status === 'approved' && app.permissions.includes('apps:approve') && (
        <div className="button-row">
          <ReasonButton
            label={words.suspend}
            title={words.suspendTitle}
            onConfirm={(why) => suspend.mutateAsync(why)}
          >
            {words.suspendDetail}
          </ReasonButton>
        </div>
      )}
    </section>
  )
}

function Withdraw({ app }: { app: App }) {
  const words = useMessages(appsMessages)
  const withdraw = useApiMutation(
    (bursar, _: undefined, options) => bursar.apps.withdrawLive(app.id, options),
    SETTINGS,
  )
  if (!app.permissions.includes('apps:write')) return null
  return (
    <ConfirmButton
      label={words.withdraw}
      title={words.withdrawTitle}
      confirmLabel={words.withdraw}
      onConfirm={() => withdraw.mutateAsync(undefined)}
    >
      {words.withdrawDetail}
    </ConfirmButton>
  )
}

function AskForLive({ app }: { app: App }) {
  const words = useMessages(appsMessages)
  const { data: checklist } = useApiQuery(
    ['apps', app.id, 'checklist'],
    (bursar, options) => bursar.apps.checklist(app.id, options),
    { reach: 'institution' },
  )
  const ask = useApiMutation(
    (bursar, body: RequestLive, options) => bursar.apps.requestLive(app.id, body, options),
    SETTINGS,
  )
  const required = { required: true, whitespace: true, message: words.required }
  if (checklist === undefined) return null
  return (
    <section className="panel-box form-column">
      <h2>{words.requestTitle}</h2>
      {checklist.is_ready ? (
        <Form<RequestLive> layout="vertical" requiredMark={false} onFinish={(v) => ask.mutate(v)}>
          <Form.Item name="purpose" label={words.requestPurpose} rules={[required]}>
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
          <Form.Item
            name="contact"
            label={words.contact}
            extra={words.contactHint}
            rules={[required]}
          >
            <Input maxLength={200} />
          </Form.Item>
          {ask.error !== null && <ProblemNote problem={problemOf(ask.error)} />}
          <Button type="primary" htmlType="submit" loading={ask.isPending}>
            {words.request}
          </Button>
        </Form>
      ) : (
        <p>
          {words.checklistFirst} <Link to={`/apps/${app.id}`}>{words.toChecklist}</Link>
        </p>
      )}
    </section>
  )
}
