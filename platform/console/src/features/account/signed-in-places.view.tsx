import type { SessionEntry } from '@openbursar/sdk'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { type Column, DataTable } from '../../ui/data-table.view.js'
import { Instant } from '../../ui/instant.view.js'
import { useListPage } from '../../ui/list.hooks.js'
import { accountMessages } from './account.messages.js'
import { deviceName } from './user-agent.rules.js'

const NO_FILTERS = {}
const PAGE_ROWS = 25

export function SignedInPlaces() {
  const words = useMessages(accountMessages)
  const query = useListPage(
    'sessions',
    NO_FILTERS,
    (bursar, asked, options) => bursar.sessions.list({ ...asked, limit: PAGE_ROWS }, options),
    { reach: 'institution' },
  )
  const everywhere = useApiMutation(
    (bursar, _: undefined, options) => bursar.sessions.deleteAll(options),
    { reach: 'institution', changes: [], onDone: () => window.location.replace('/console/') },
  )
  return (
    <section aria-labelledby="places-title">
      <div className="section-head">
        <h2 id="places-title">{words.sessionsTitle}</h2>
        <ConfirmButton
          label={words.everywhere}
          title={words.everywhereTitle}
          confirmLabel={words.everywhere}
          isDangerous
          onConfirm={() => everywhere.mutateAsync(undefined)}
        >
          {words.everywhereDetail}
        </ConfirmButton>
      </div>
      <DataTable label={words.sessionsTitle} columns={useColumns()} query={query} empty={null} />
    </section>
  )
}

function useColumns(): readonly Column<SessionEntry>[] {
  const words = useMessages(accountMessages)
  return [
    {
      key: 'device',
      title: words.device,
      render: ({ user_agent, is_current }) => (
        <>
          {deviceName(user_agent) ?? words.unknownDevice}
          {is_current && <strong> · {words.here}</strong>}
        </>
      ),
    },
    { key: 'address', title: words.address, render: (entry) => entry.caller_address ?? '—' },
    {
      key: 'used',
      title: words.lastUsed,
      render: ({ last_used_at }) => <Instant at={last_used_at} withSeconds={false} />,
    },
    {
      key: 'created',
      title: words.signedIn,
      isMinor: true,
      render: ({ created_at }) => <Instant at={created_at} withSeconds={false} />,
    },
    { key: 'end', title: '', align: 'end', render: (entry) => <EndButton entry={entry} /> },
  ]
}

function EndButton({ entry }: { entry: SessionEntry }) {
  const words = useMessages(accountMessages)
  const end = useApiMutation(
    (bursar, _: undefined, options) => bursar.sessions.delete(entry.id, options),
    { reach: 'institution', changes: ['sessions', 'session'] },
  )
  return (
    <ConfirmButton
      label={words.signOut}
      title={words.signOutTitle}
      confirmLabel={words.signOut}
      onConfirm={() => end.mutateAsync(undefined)}
    >
      {words.signOutDetail}
    </ConfirmButton>
  )
}
