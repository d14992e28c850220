import type { Invitation } from '@openbursar/sdk'
import { useMay } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { type Column, DataTable } from '../../ui/data-table.view.js'
import { Instant } from '../../ui/instant.view.js'
import { useListPage } from '../../ui/list.hooks.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { InviteButton } from './invite.dialog.js'
import { operatorsMessages } from './operators.messages.js'
import { PeopleTabs } from './people-tabs.view.js'

const NO_FILTERS = {}
const PAGE_ROWS = 25

export function InvitationsPage() {
  const words = useMessages(operatorsMessages)
  const query = useListPage(
    'invitations',
    NO_FILTERS,
    (bursar, asked, options) => bursar.invitations.list({ ...asked, limit: PAGE_ROWS }, options),
    { reach: 'institution' },
  )
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} actions={<InviteButton />} />
      <PeopleTabs />
      <DataTable
        label={words.tabs.invitations}
        columns={useColumns()}
        query={query}
        empty={<p>{words.invitationsEmpty}</p>}
      />
    </>
  )
}

function useColumns(): readonly Column<Invitation>[] {
  const words = useMessages(operatorsMessages)
  return [
    { key: 'name', title: words.name, render: ({ name }) => name },
    { key: 'login', title: words.login, render: ({ login }) => login },
    {
      key: 'status',
      title: words.status,
      render: ({ status }) => <StatusTag status={status === 'open' ? 'pending' : status} />,
    },
    {
      key: 'created',
      title: words.created,
      isMinor: true,
      render: ({ created_at }) => <Instant at={created_at} withSeconds={false} />,
    },
    {
      key: 'expires',
      title: words.expires,
      render: ({ expires_at }) => <Instant at={expires_at} withSeconds={false} />,
    },
    { key: 'revoke', title: '', align: 'end', render: (one) => <RevokeButton invitation={one} /> },
  ]
}

function RevokeButton({ invitation }: { invitation: Invitation }) {
  const words = useMessages(operatorsMessages)
  const mayWrite = useMay('operators:write')
  const revoke = useApiMutation(
    (bursar, _: undefined, options) => bursar.invitations.revoke(invitation.id, options),
    { reach: 'institution', changes: ['invitations'] },
  )
  if (!mayWrite || invitation.status !== 'open') return null
  return (
    <ConfirmButton
      label={words.revoke}
      title={words.revokeTitle(invitation.name)}
      confirmLabel={words.revoke}
      isDangerous
      onConfirm={() => revoke.mutateAsync(undefined)}
    >
      {words.revokeDetail}
    </ConfirmButton>
  )
}
