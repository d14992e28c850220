import type { App } from '@openbursar/sdk'
import { Select } from 'antd'
import { useMay } from '../../api/api.context.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { type Column, DataTable } from '../../ui/data-table.view.js'
import { Instant } from '../../ui/instant.view.js'
import { LinkButton } from '../../ui/link-button.view.js'
import { useListFilters, useListPage } from '../../ui/list.hooks.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { statusOf } from '../../ui/status.table.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { appsMessages } from './apps.messages.js'

const LIVE_STATUSES = ['none', 'approved', 'suspended'] as const
const PAGE_ROWS = 25

export function AppsPage() {
  const words = useMessages(appsMessages)
  const { language } = useLanguage()
  const mayRegister = useMay('apps:create')
  const filters = useListFilters(['live_status'])
  const query = useListPage(
    'apps',
    filters.values,
    (bursar, asked, options) => bursar.apps.list({ ...asked, limit: PAGE_ROWS }, options),
    { reach: 'institution' },
  )
  const register = mayRegister && (
    <LinkButton to="/apps/new" type="primary">
      {words.register}
    </LinkButton>
  )
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} actions={register} />
      <div className="filter-bar">
        <Select<string>
          className="filter-select"
          aria-label={words.liveFilter}
          placeholder={words.live}
          allowClear
          value={filters.values.live_status ?? null}
          options={LIVE_STATUSES.map((value) => ({ value, label: statusOf(value, language).word }))}
          onChange={(value: string | undefined) => filters.set({ live_status: value })}
        />
      </div>
      <DataTable
        label={words.title}
        columns={useColumns()}
        query={query}
        rowTo={({ id }) => `/apps/${id}`}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
        empty={
          <>
            <p>{words.empty}</p>
            {register}
          </>
        }
      />
    </>
  )
}

function useColumns(): readonly Column<App>[] {
  const words = useMessages(appsMessages)
  return [
    { key: 'name', title: words.name, render: ({ name }) => name },
    { key: 'department', title: words.department, render: (app) => app.department_name },
    { key: 'id', title: words.appId, isMinor: true, render: ({ id }) => <code>{id}</code> },
    {
      key: 'live',
      title: words.live,
      render: ({ live_access: { status, request } }) => (
        <StatusTag status={request?.status === 'requested' ? 'requested' : status} />
      ),
    },
    {
      key: 'created',
      title: words.created,
      isMinor: true,
      render: ({ created_at }) => <Instant at={created_at} withSeconds={false} />,
    },
  ]
}
