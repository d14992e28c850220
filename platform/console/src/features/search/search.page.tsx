import type { SearchResult, SearchResultList } from '@openbursar/sdk'
import { Link, useSearchParams } from 'react-router'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { Instant } from '../../ui/instant.view.js'
import { Money } from '../../ui/money.view.js'
import { pageOfId } from '../../ui/object-link.rules.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { searchMessages } from './search.messages.js'

const LENGTH_MIN = 3

export function SearchPage() {
  const words = useMessages(searchMessages)
  const [params] = useSearchParams()
  const q = params.get('q')?.trim() ?? ''
  const isEnough = q.length >= LENGTH_MIN
  const query = useApiQuery<SearchResultList>(
    ['search', q],
    (bursar, options) => bursar.search.list({ q }, options),
    { enabled: isEnough },
  )
  return (
    <>
      <PageHeader title={words.title(q)} />
      {!isEnough && <p className="table-empty">{words.hint}</p>}
      {isEnough && (
        <QueryState query={query}>
          {({ data }) =>
            data.length === 0 ? (
              <p className="table-empty">{words.empty}</p>
            ) : (
              <Results results={data} />
            )
          }
        </QueryState>
      )}
    </>
  )
}

function Results({ results }: { results: readonly SearchResult[] }) {
  const words = useMessages(searchMessages)
  const data = useMessages(dataMessages)
  const types: Record<string, string> = words.types
  return (
    <div className="table-frame">
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.kind}</th>
            <th scope="col">{words.status}</th>
            <th scope="col" className="is-minor">
              {words.matched}
            </th>
            <th scope="col">{data.createdAt}</th>
            <th scope="col" className="is-end">
              {data.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {results.map((result) => (
            <tr key={`${result.type} ${result.id}`}>
              <td>
                <ResultLink result={result} />
              </td>
              <td>{types[result.type] ?? result.type}</td>
              <td>{result.status && <StatusTag status={`${result.type}.${result.status}`} />}</td>
              <td className="is-minor">
                <code>{result.matched}</code>
              </td>
              <td>
                <Instant at={result.created_at} withSeconds={false} />
              </td>
              <td className="is-end">
                {result.amount !== null && result.currency !== null && (
                  <Money amountMinor={BigInt(result.amount)} currency={result.currency} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What has no page of its own is shown on that of what it belongs to. */
function ResultLink({ result }: { result: SearchResult }) {
  const to = pageOfId(result.id) ?? pageOfId(result.parent_id ?? '')
  if (to === null) return result.title
  return (
    <Link to={to} data-row-link>
      {result.title}
    </Link>
  )
}
