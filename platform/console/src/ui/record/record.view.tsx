import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import { type Fact, Facts, fact } from '../facts.view.js'
import { JsonLinks } from '../json-links.view.js'
import { ObjectId } from '../object-id.view.js'
import { PageHeader } from '../page-header.view.js'
import { Panel } from '../panel.view.js'
import { QueryState } from '../query-state.view.js'
import { StatusTag } from '../status-tag.view.js'

const EVERY_MS = 3_000

/** The object whose id is in the address. While it is on its way it is read again and again. */
export function useRecord<T>(
  list: string,
  isUnderWay: (object: T) => boolean = () => false,
): UseQueryResult<T> {
  const { id = '' } = useParams()
  return useApiQuery<T>(
    [list, id],
    (bursar, options) =>
      bursar.request<T>({ method: 'GET', path: `/v1/${list}/{id}`, ids: [id] }, options),
    { everyMs: EVERY_MS, isOver: (object) => !isUnderWay(object) },
  )
}

interface RecordProps<T> {
  readonly query: UseQueryResult<T>
  /** Where it is listed. */
  readonly parent: { readonly to: string; readonly title: string }
  readonly title: (object: T) => string
  /** With its kind before it, such as `bill.open`. */
  readonly status?: (object: T) => string
  readonly actions?: (object: T) => ReactNode
  readonly facts: (object: T) => readonly Fact[]
  /** Between what it is and how the API writes it. */
  readonly children?: (object: T) => ReactNode
}

/** The page of one object. */
export function RecordView<T extends { readonly id: string; readonly object: string }>(
  props: RecordProps<T>,
) {
  return (
    <QueryState query={props.query}>
      {(object) => <RecordBody {...props} object={object} />}
    </QueryState>
  )
}

function RecordBody<T extends { readonly id: string; readonly object: string }>(
  props: RecordProps<T> & { object: T },
) {
  const words = useMessages(dataMessages)
  const { object, parent, status } = props
  return (
    <>
      <PageHeader
        title={props.title(object)}
        parents={[parent]}
        beside={status && <StatusTag status={status(object)} />}
        lead={<ObjectId id={object.id} />}
        actions={props.actions?.(object)}
      />
      <Panel title={words.about}>
        <Facts facts={[...props.facts(object), fact(words.metadata, metadataOf(object))]} />
      </Panel>
      {props.children?.(object)}
      <Panel title={words.object}>
        <JsonLinks value={object} label={`${object.object}`} />
      </Panel>
    </>
  )
}

function metadataOf(object: object): ReactNode {
  const pairs = 'metadata' in object ? Object.entries(object.metadata ?? {}) : []
  if (pairs.length === 0) return null
  return <Facts facts={pairs.map(([name, value]) => [name, String(value)])} />
}
