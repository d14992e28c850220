import type { Operator } from '@openbursar/sdk'
import { Input } from 'antd'
import { roleText } from '../../api/role.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { type Column, DataTable } from '../../ui/data-table.view.js'
import { Instant } from '../../ui/instant.view.js'
import { useListFilters, useListPage } from '../../ui/list.hooks.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { InviteButton } from './invite.dialog.js'
import { operatorsMessages } from './operators.messages.js'
import { PeopleTabs } from './people-tabs.view.js'

const PAGE_ROWS = 25

export function OperatorsPage() {
  const words = useMessages(operatorsMessages)
  const filters = useListFilters(['login'])
  const query = useListPage(
    'operators',
    filters.values,
    (bursar, asked, options) => bursar.operators.list({ ...asked, limit: PAGE_ROWS }, options),
    { reach: 'institution' },
  )
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} actions={<InviteButton />} />
      <PeopleTabs />
      <div className="filter-bar" data-search>
        <Input.Search
          className="form-search"
          aria-label={words.loginFilter}
          placeholder={words.loginFilter}
          allowClear
          defaultValue={filters.values.login ?? ''}
          onSearch={(login) => filters.set({ login: login.trim() })}
        />
      </div>
      <DataTable
        label={words.title}
        columns={useColumns()}
        query={query}
        rowTo={({ id }) => `/operators/${id}`}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
        empty={<p>{words.empty}</p>}
      />
    </>
  )
}

function useColumns(): readonly Column<Operator>[] {
  const words = useMessages(operatorsMessages)
  const { language } = useLanguage()
  const rolesOf = ({ roles, departments }: Operator) =>
    [...new Set([...roles, ...departments.map(({ role }) => role)])].map((role) =>
      roleText(role, language),
    )
  return [
    { key: 'name', title: words.name, render: ({ name }) => name },
    { key: 'login', title: words.login, render: ({ login }) => login },
    {
      key: 'roles',
      title: words.roles,
      render: (person) => rolesOf(person).join(language === 'zh' ? '、' : ', ') || words.none,
    },
    {
      key: 'factor',
      title: words.secondFactor,
      isMinor: true,
      render: ({ has_second_factor }) => (has_second_factor ? words.yes : words.no),
    },
    { key: 'status', title: words.status, render: ({ status }) => <StatusTag status={status} /> },
    {
      key: 'seen',
      title: words.lastSeen,
      isMinor: true,
      render: ({ last_seen_at }) =>
        last_seen_at === null ? words.never : <Instant at={last_seen_at} withSeconds={false} />,
    },
  ]
}
