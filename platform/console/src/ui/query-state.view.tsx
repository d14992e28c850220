import type { UseQueryResult } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { problemOf } from '../api/problem.rules.js'
import { useMessages } from '../i18n/feature-messages.js'
import { ProblemNote } from './problem-note.view.js'
import { uiMessages } from './ui.messages.js'

interface QueryStateProps<T> {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isFetching' | 'refetch'>
  readonly children: (data: T) => ReactNode
}

/** What was read; before that its outline; after a failure what failed, and the old data if there is any. */
export function QueryState<T>({ query, children }: QueryStateProps<T>) {
  const words = useMessages(uiMessages)
  const { data, error, isFetching, refetch } = query
  if (data === undefined && error === null) {
    return (
      <div role="status" aria-label={words.loading}>
        <Skeleton active={false} paragraph={{ rows: 5 }} />
      </div>
    )
  }
  return (
    <>
      {error !== null && (
        <div className="query-failure">
          <ProblemNote problem={problemOf(error)} />
          <Button loading={isFetching} onClick={() => void refetch()}>
            {words.retry}
          </Button>
        </div>
      )}
      {data !== undefined && children(data)}
    </>
  )
}
