import type { App, LiveRequest } from '@openbursar/sdk'
import { useSession } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Id } from '../../ui/id.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ScopeList } from '../../ui/scope-picker.view.js'
import { appsMessages } from './apps.messages.js'
import { ReasonButton } from './reason-button.view.js'

/** What was asked, and by whom. */
export function LiveRequestFacts({ request }: { request: LiveRequest }) {
  const words = useMessages(appsMessages)
  return (
    <dl className="facts">
      <dt>{words.requestPurpose}</dt>
      <dd>{request.purpose}</dd>
      <dt>{words.contact}</dt>
      <dd>{request.contact}</dd>
      <dt>{words.requestedBy}</dt>
      <dd>
        <Person id={request.requested_by} />
      </dd>
      <dt>{words.requestedAt}</dt>
      <dd>
        <Instant at={request.created_at} withSeconds={false} />
      </dd>
      <dt>{words.requestedScopes}</dt>
      <dd>
        <ScopeList scopes={request.scopes} />
      </dd>
    </dl>
  )
}

export function Person({ id }: { id: string }) {
  const words = useMessages(appsMessages)
  return useSession().operator.id === id ? words.you : <Id id={id} />
}

/** Approve or reject, for whoever may; nobody decides about their own request. */
export function LiveDecision({ app, request }: { app: App; request: LiveRequest }) {
  const words = useMessages(appsMessages)
  const { operator } = useSession()
  const settings = { reach: 'institution', changes: ['apps', 'session'] } as const
  const approve = useApiMutation(
    (bursar, _: undefined, options) => bursar.apps.approveLive(app.id, {}, options),
    settings,
  )
  const reject = useApiMutation(
    (bursar, reason: string, options) => bursar.apps.rejectLive(app.id, { reason }, options),
    settings,
  )
  if (!app.permissions.includes('apps:approve')) return null
  if (request.requested_by === operator.id) return <p className="hint">{words.ownRequest}</p>
  return (
    <div className="button-row">
      <ConfirmButton
        type="primary"
        label={words.approve}
        title={words.approveTitle(app.name)}
        confirmLabel={words.approve}
        onConfirm={() => approve.mutateAsync(undefined)}
      >
        {words.approveDetail}
      </ConfirmButton>
      <ReasonButton
        label={words.reject}
        title={words.rejectTitle(app.name)}
        onConfirm={(reason) => reject.mutateAsync(reason)}
      />
    </div>
  )
}
