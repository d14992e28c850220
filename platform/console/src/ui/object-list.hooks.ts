import type { PageData } from '@openbursar/sdk'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ListFilters, useListFilters, useListPage } from './list.hooks.js'
import { toListQuery } from './list-query.rules.js'

export interface ObjectList<T, N extends string> {
  readonly filters: ListFilters<N>
  readonly query: UseQueryResult<PageData<T>>
}

/**
 * A list of the API with the filters of the address, which are called as the API calls them, and `from` and `to`
 * for days. What somebody wrote into the address by hand is judged by the API, in its own words.
 */
export function useObjectList<T, N extends string>(
  list: string,
  names: readonly N[],
  choices: { readonly everyMs?: number | false } = {},
): ObjectList<T, N> {
  const filters = useListFilters(names)
  const query = useListPage<T>(
    list,
    toListQuery(filters.values),
    (bursar, asked, options) =>
      bursar.request<PageData<T>>({ method: 'GET', path: `/v1/${list}`, query: asked }, options),
    choices,
  )
  return { filters, query }
}
