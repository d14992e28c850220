import type { Key } from '@openbursar/sdk'
import { useState } from 'react'
import { useParams } from 'react-router'
import { useScope } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Id } from '../../ui/id.view.js'
import { Instant } from '../../ui/instant.view.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { ScopeList } from '../../ui/scope-picker.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { EditKeyDialog } from './edit-key.dialog.js'
import { KeySaver } from './key-saver.view.js'
import { keysMessages } from './keys.messages.js'
import type { MadeKey } from './new-key.page.js'
import { PairCheck } from './pair-check.view.js'
import { RotateKeyDialog } from './rotate-key.dialog.js'

export function KeyPage() {
  const words = useMessages(keysMessages)
  const { id = '' } = useParams()
  const query = useApiQuery(['keys', id], (bursar, options) => bursar.keys.get(id, options))
  const [made, setMade] = useState<MadeKey | null>(null)
  const name = query.data?.name ?? (query.data ? words.unnamed : id)
  return (
    <>
      <PageHeader
        title={name}
        parents={[{ to: '/keys', title: words.title }]}
        beside={query.data && <StatusTag status={query.data.status} />}
        actions={query.data && <KeyActions apiKey={query.data} onRotated={setMade} />}
      />
      {made !== null && (
        <KeySaver
          keyId={made.id}
          algorithm={made.algorithm}
          made={made.material}
          onDone={() => setMade(null)}
        />
      )}
      <QueryState query={query}>
        {(key) => (
          <>
            <KeyFacts apiKey={key} />
            <PairCheck publicKey={key.public_key} />
          </>
        )}
      </QueryState>
    </>
  )
}

function KeyActions({ apiKey, onRotated }: { apiKey: Key; onRotated: (made: MadeKey) => void }) {
  const words = useMessages(keysMessages)
  const mayWrite = useScope('keys:write')
  const revoke = useApiMutation(
    (bursar, _: undefined, options) => bursar.keys.revoke(apiKey.id, options),
    {
      changes: ['keys'],
    },
  )
  const isOver = apiKey.status === 'revoked' || apiKey.status === 'expired'
  if (!mayWrite || isOver) return null
  return (
    <>
      <EditKeyDialog apiKey={apiKey} />
      {apiKey.replaced_by === null && <RotateKeyDialog apiKey={apiKey} onRotated={onRotated} />}
      <ConfirmButton
        label={words.revoke}
        title={words.revokeTitle(apiKey.name ?? apiKey.id)}
        confirmLabel={words.revokeConfirm}
        isDangerous
        onConfirm={() => revoke.mutateAsync(undefined)}
      >
        {words.revokeDetail}
      </ConfirmButton>
    </>
  )
}

function KeyFacts({ apiKey }: { apiKey: Key }) {
  const words = useMessages(keysMessages)
  const when = (at: string | null, otherwise: string) =>
    at === null ? otherwise : <Instant at={at} withSeconds />
  return (
    <section className="panel-box">
      <dl className="facts">
        <dt>{words.keyId}</dt>
        <dd>
          <Id id={apiKey.id} />
        </dd>
        <dt>{words.algorithm}</dt>
        <dd>{apiKey.algorithm}</dd>
        <dt>{words.created}</dt>
        <dd>{when(apiKey.created_at, '')}</dd>
        <dt>{words.lastUsed}</dt>
        <dd>{when(apiKey.last_used_at, words.neverUsed)}</dd>
        <dt>{words.expires}</dt>
        <dd>{when(apiKey.not_after, words.neverExpires)}</dd>
        {apiKey.revoked_at !== null && (
          <>
            <dt>{words.revokedAt}</dt>
            <dd>{when(apiKey.revoked_at, '')}</dd>
          </>
        )}
        {apiKey.replaced_by !== null && (
          <>
            <dt>{words.replacedBy}</dt>
            <dd>
              <Id id={apiKey.replaced_by} to={`/keys/${apiKey.replaced_by}`} />
            </dd>
          </>
        )}
        <dt>{words.allowedIps}</dt>
        <dd>{apiKey.allowed_ips.length === 0 ? words.anywhere : apiKey.allowed_ips.join(', ')}</dd>
        <dt>{words.scopes}</dt>
        <dd>
          <ScopeList scopes={apiKey.scopes} />
        </dd>
      </dl>
      <CodeBlock label={words.publicKey} code={apiKey.public_key} />
    </section>
  )
}
