import type { Key } from '@openbursar/sdk'
import { Select } from 'antd'
import { useCurrentApp, useScope } from '../../api/api.context.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { type Column, DataTable } from '../../ui/data-table.view.js'
import { Instant } from '../../ui/instant.view.js'
import { LinkButton } from '../../ui/link-button.view.js'
import { useListFilters, useListPage } from '../../ui/list.hooks.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { statusOf } from '../../ui/status.table.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { keysMessages } from './keys.messages.js'

const STATUSES = ['active', 'pending', 'expired', 'revoked'] as const
const PAGE_ROWS = 25

export function KeysPage() {
  const words = useMessages(keysMessages)
  const { language } = useLanguage()
  const mayWrite = useScope('keys:write')
  const filters = useListFilters(['status'])
  const status = STATUSES.find((known) => known === filters.values.status)
  const query = useListPage('keys', filters.values, (bursar, asked, options) =>
    bursar.keys.list(
      { ...asked, ...(status === undefined ? {} : { status }), limit: PAGE_ROWS },
      options,
    ),
  )
  const createButton = (
    <LinkButton to="/keys/new" type="primary">
      {words.create}
    </LinkButton>
  )
  return (
    <>
      <PageHeader
        title={words.title}
        lead={words.lead}
        actions={
          <>
            <LinkButton to="/key_tools">{words.tools}</LinkButton>
            {mayWrite && createButton}
          </>
        }
      />
      <div className="filter-bar">
        <Select<string>
          className="filter-select"
          aria-label={words.statusFilter}
          placeholder={words.status}
          allowClear
          value={status ?? null}
          options={STATUSES.map((value) => ({ value, label: statusOf(value, language).word }))}
          onChange={(value: string | undefined) => filters.set({ status: value })}
        />
      </div>
      <DataTable
        label={words.listLabel}
        columns={useColumns()}
        query={query}
        rowTo={({ id }) => `/keys/${id}`}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
        empty={
          <>
            <p>{words.empty}</p>
            {mayWrite && createButton}
          </>
        }
      />
    </>
  )
}

function useColumns(): readonly Column<Key>[] {
  const words = useMessages(keysMessages)
  const appScopes = useCurrentApp()?.scopes.size ?? 0
  return [
    { key: 'name', title: words.name, render: ({ name }) => name ?? words.unnamed },
    { key: 'id', title: words.keyId, isMinor: true, render: ({ id }) => <code>{id}</code> },
    { key: 'algorithm', title: words.algorithm, render: ({ algorithm }) => algorithm },
    {
      key: 'scopes',
      title: words.scopes,
      isMinor: true,
      render: ({ scopes }) =>
        scopes.length >= appScopes ? words.allScopes : words.scopeCount(scopes.length),
    },
    { key: 'status', title: words.status, render: ({ status }) => <StatusTag status={status} /> },
    {
      key: 'used',
      title: words.lastUsed,
      render: ({ last_used_at }) =>
        last_used_at === null ? words.neverUsed : <Instant at={last_used_at} withSeconds={false} />,
    },
    {
      key: 'expires',
      title: words.expires,
      isMinor: true,
      render: ({ not_after }) =>
        not_after === null ? words.neverExpires : <Instant at={not_after} withSeconds={false} />,
    },
  ]
}
