import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import { type Column, DataTable } from '../data-table.view.js'
import { FilterBar, type FilterField } from '../filter-bar.view.js'
import { useObjectList } from '../object-list.hooks.js'
import { PageHeader } from '../page-header.view.js'

interface RecordListProps<T, N extends string> {
  /** As in the API: `fee_items`. The pages are called the same. */
  readonly list: string
  readonly title: string
  readonly lead?: string
  readonly empty: ReactNode
  readonly actions?: ReactNode
  readonly names: readonly N[]
  readonly fields: readonly FilterField<N>[]
  readonly columns: readonly Column<T>[]
  readonly everyMs?: number | false
}

/** The page of a list: its filters, its table. */
export function RecordList<T extends { readonly id: string }, N extends string>(
  props: RecordListProps<T, N>,
) {
  const { list, title, lead, actions, names, everyMs = false } = props
  const data = useMessages(dataMessages)
  const { filters, query } = useObjectList<T, N>(list, names, { everyMs })
  return (
    <>
      <PageHeader title={title} lead={lead} actions={actions} />
      <FilterBar label={data.filters} filters={filters} fields={props.fields} />
      <DataTable
        label={title}
        columns={props.columns}
        query={query}
        rowTo={({ id }) => `/${list}/${id}`}
        empty={props.empty}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
      />
    </>
  )
}
