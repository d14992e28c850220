// One statement per kind, put together from the table of kinds: Prisma has no union.

import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Caller } from '../../../infra/http/caller.js'
import type { SearchKind } from './search-kinds.js'

export interface SearchRow {
  readonly type: string
  readonly id: string
  readonly title: string
  readonly status: string | null
  readonly amount: bigint | null
  readonly currency: string | null
  readonly created_at: Date
  readonly parent_id: string | null
  readonly matched: string
  readonly is_exact: boolean
}

/** Of each way in which a kind may fit. */
const ROWS_MAX = 10
/** After the prefix: eight characters are the time to a second or so, and never more rows than that. */
const ID_BEGINNING = /^([a-z]+)_[0-9a-z]{8,26}$/
/** Nothing sorts after it. The texts are sorted by their bytes; `starts_with` looks again where they are not. */
const AND_WHAT_FOLLOWS = '$4 || chr(1114111)'

@Injectable()
export class SearchRepository {
  constructor(private readonly database: Database) {}

  /** Empty without a round trip when nothing of this kind can be written so. */
  async find(caller: Caller, kind: SearchKind, q: string): Promise<SearchRow[]> {
    const ways = waysOf(kind, q)
    if (ways.length === 0) return []
    const rows = await this.database.query<Omit<SearchRow, 'type'>>(
      ways.map((way) => selectOf(kind, way)).join(' union all '),
      [caller.institution_id, caller.livemode, caller.app_id, q],
    )
    return rows.map((row) => ({ ...row, type: kind.type }))
  }
}

interface Way {
  readonly column: string
  readonly how: 'exact' | 'prefix'
}

function waysOf({ prefix, numbers = {} }: SearchKind, q: string): Way[] {
  const isId = ID_BEGINNING.exec(q)?.[1] === prefix
  return [
    ...(isId ? [{ column: 'id', how: 'prefix' as const }] : []),
    ...Object.entries(numbers).map(([column, how]) => ({ column, how })),
  ]
}

function selectOf(kind: SearchKind, { column, how }: Way): string {
  const fits =
    how === 'exact'
      ? `t.${column} = $4`
      : `t.${column} >= $4 and t.${column} <= ${AND_WHAT_FOLLOWS} and starts_with(t.${column}, $4)`
  return `(select t.id, ${kind.title} as title, ${kind.status ?? 'null::text'} as status,
                  ${kind.amount ?? 'null::bigint'} as amount,
                  ${kind.currency ?? 'null::text'} as currency,
                  ${kind.created ?? 't.created_at'} as created_at,
                  ${kind.parent ?? 'null::text'} as parent_id,
                  '${column}' as matched, t.${column} = $4 as is_exact
             from ${kind.from}
            where t.institution_id = $1 and t.livemode = $2 and ${kind.owned} and ${fits}
            order by t.${column} limit ${ROWS_MAX})`
}
