import type { PageData } from '@openbursar/sdk'
import type { UseQueryResult } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { useMessages } from '../i18n/feature-messages.js'
import { usePaging } from './list.hooks.js'
import { QueryState } from './query-state.view.js'
import { uiMessages } from './ui.messages.js'

export interface Column<T> {
  readonly key: string
  readonly title: string
  readonly render: (row: T) => ReactNode
  /** Amounts and counts end at the same edge. */
  readonly align?: 'end'
  /** Left out on narrow screens. */
  readonly isMinor?: boolean
}

interface DataTableProps<T extends { readonly id: string }> {
  /** What the table lists, for readers of the screen. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly query: UseQueryResult<PageData<T>>
  /** Where a row leads; its first cell is the link, the whole row can be clicked. */
  readonly rowTo?: (row: T) => string
  /** What is said, and offered, when there is nothing yet. */
  readonly empty: ReactNode
  readonly isFiltered?: boolean
  readonly onClearFilters?: () => void
}

export function DataTable<T extends { readonly id: string }>(props: DataTableProps<T>) {
  const { query, columns, label, rowTo } = props
  return (
    <QueryState query={query}>
      {(page) =>
        page.data.length === 0 ? (
          <EmptyTable {...props} />
        ) : (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus */}
            <section className="table-frame" aria-label={label} tabIndex={0}>
              <table className="data-table" aria-busy={query.isFetching}>
                <thead>
                  <tr>
                    {columns.map((column) => (
                      <th key={column.key} scope="col" className={classOf(column)}>
                        {column.title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {page.data.map((row) => (
                    <TableRow key={row.id} row={row} columns={columns} to={rowTo?.(row)} />
                  ))}
                </tbody>
              </table>
            </section>
            <Pager page={page} />
          </>
        )
      }
    </QueryState>
  )
}

function TableRow<T>(props: { row: T; columns: readonly Column<T>[]; to: string | undefined }) {
  const { row, columns, to } = props
  const navigate = useNavigate()
  const cells = columns.map((column, index) => (
    <td key={column.key} className={classOf(column)}>
      {index === 0 && to !== undefined ? (
        <Link to={to} data-row-link>
          {column.render(row)}
        </Link>
      ) : (
        column.render(row)
      )}
    </td>
  ))
  if (to === undefined) return <tr>{cells}</tr>
  return (
    // The keyboard has the link in the first cell.
    <tr
      className="is-link"
      onClick={(event) => {
        const isOwn = event.target instanceof Element && event.target.closest('a, button, input')
        const isSelecting = window.getSelection()?.isCollapsed === false
        if (!isOwn && !isSelecting) void navigate(to)
      }}
    >
      {cells}
    </tr>
  )
}

function EmptyTable(props: {
  empty: ReactNode
  isFiltered?: boolean
  onClearFilters?: () => void
}) {
  const words = useMessages(uiMessages)
  const { isFirst, toFirst } = usePaging()
  const isNarrowed = props.isFiltered === true || !isFirst
  return (
    <div className="table-empty">
      {isNarrowed ? (
        <>
          <p>{words.emptyFiltered}</p>
          <Button onClick={isFirst ? props.onClearFilters : toFirst}>
            {isFirst ? words.clearFilters : words.firstPage}
          </Button>
        </>
      ) : (
        props.empty
      )}
    </div>
  )
}

function Pager({ page }: { page: PageData<unknown> }) {
  const words = useMessages(uiMessages)
  const { isFirst, toFirst, toPrevious, toNext } = usePaging()
  const { has_more, next_cursor } = page
  if (isFirst && !has_more) return null
  return (
    <nav className="table-pager" aria-label={words.pages}>
      {!isFirst && (
        <Button type="link" onClick={toFirst}>
          {words.firstPage}
        </Button>
      )}
      <Button disabled={isFirst} onClick={toPrevious}>
        {words.previousPage}
      </Button>
      <Button
        disabled={!has_more || next_cursor === null}
        onClick={() => next_cursor !== null && toNext(next_cursor)}
      >
        {words.nextPage}
      </Button>
    </nav>
  )
}

function classOf(column: { readonly align?: 'end'; readonly isMinor?: boolean }): string {
  return [column.align === 'end' ? 'is-end' : '', column.isMinor === true ? 'is-minor' : '']
    .join(' ')
    .trim()
}
