import type { Bursar, PageData, RequestOptions } from '@openbursar/sdk'
import type { UseQueryResult } from '@tanstack/react-query'
import { useLocation, useNavigate, useSearchParams } from 'react-router'
import { useApiQuery } from '../api/api.hooks.js'

export interface ListFilters<N extends string> {
  /** What the address says; a filter that isn't set is missing. */
  readonly values: Readonly<Partial<Record<N, string>>>
  readonly isFiltered: boolean
  set(changes: Readonly<Partial<Record<N, string | undefined>>>): void
  clear(): void
}

/** Filters live in the address: a list can be shared, reloaded and gone back to as it was. */
export function useListFilters<N extends string>(names: readonly N[]): ListFilters<N> {
  const [params, setParams] = useSearchParams()
  const values: Partial<Record<N, string>> = {}
  for (const name of names) {
    const value = params.get(name)
    if (value !== null && value !== '') values[name] = value
  }
  const set = (changes: Readonly<Partial<Record<N, string | undefined>>>) => {
    const next = new URLSearchParams(params)
    for (const name of names) {
      if (!(name in changes)) continue
      const value = changes[name]
      if (value === undefined || value === '') next.delete(name)
      else next.set(name, value)
    }
    // Another question begins at its first page.
    next.delete('cursor')
    setParams(next, { replace: true })
  }
  const clear = () => {
    const next = new URLSearchParams(params)
    for (const name of [...names, 'cursor']) next.delete(name)
    setParams(next, { replace: true })
  }
  return { values, isFiltered: Object.keys(values).length > 0, set, clear }
}

export interface ListPaging {
  readonly cursor: string | undefined
  readonly isFirst: boolean
  toFirst(): void
  toPrevious(): void
  toNext(cursor: string): void
}

/** The API's lists go forward by cursor; the way back is the browser's. */
export function usePaging(): ListPaging {
  const [params, setParams] = useSearchParams()
  const navigate = useNavigate()
  const { state } = useLocation()
  const depth = depthOf(state)
  const cursor = params.get('cursor') ?? undefined
  const go = (next: string | null, nextDepth: number) => {
    const changed = new URLSearchParams(params)
    if (next === null) changed.delete('cursor')
    else changed.set('cursor', next)
    setParams(changed, { state: { depth: nextDepth } })
  }
  return {
    cursor,
    isFirst: cursor === undefined,
    toFirst: () => go(null, 0),
    toPrevious: () => (depth > 0 ? void navigate(-1) : go(null, 0)),
    toNext: (next) => go(next, depth + 1),
  }
}

function depthOf(state: unknown): number {
  return typeof state === 'object' && state !== null && 'depth' in state && Number(state.depth) > 0
    ? Number(state.depth)
    : 0
}

/** What is asked of a list: its filters, and where to go on. Spread into the query of a call. */
export interface ListPosition {
  readonly cursor?: string
}

/** One page of a list, as the address asks for it. */
export function useListPage<T>(
  name: string,
  filters: Readonly<Record<string, string | undefined>>,
  call: (bursar: Bursar, asked: ListPosition, options: RequestOptions) => PromiseLike<PageData<T>>,
  choices: { readonly reach?: 'app' | 'institution'; readonly everyMs?: number | false } = {},
): UseQueryResult<PageData<T>> {
  const { cursor } = usePaging()
  const asked: ListPosition = { ...filters, ...(cursor === undefined ? {} : { cursor }) }
  return useApiQuery(
    [name, 'list', asked],
    (bursar, options) => call(bursar, asked, options),
    choices,
  )
}
