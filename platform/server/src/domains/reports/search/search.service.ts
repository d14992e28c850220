import { Injectable } from '@nestjs/common'
import type { Caller } from '../../../infra/http/caller.js'
import { toWireList, type WireList, wireAmount, wireTime } from '../../../infra/http/wire.schema.js'
import { PayerService } from '../../payers/payer.service.js'
import { SearchRepository, type SearchRow } from './search.repository.js'
import type { SearchQuery, SearchResult } from './search.schema.js'
import { SEARCH_KINDS } from './search-kinds.js'

const TITLE_LENGTH_MAX = 500

/** Anything by its number, as far as the caller may read it. */
@Injectable()
export class SearchService {
  constructor(
    private readonly search: SearchRepository,
    private readonly payers: PayerService,
  ) {}

  async find(caller: Caller, { q, limit }: SearchQuery): Promise<WireList<SearchResult>> {
    const kinds = SEARCH_KINDS.filter(({ scope }) => caller.scopes.has(scope))
    const found = await Promise.all([
      ...kinds.map((kind) => this.search.find(caller, kind, q)),
      this.payersWithNumber(caller, q),
    ])
    const rows = found.flat().sort(byFit).slice(0, limit)
    return toWireList({ rows, next_cursor: null }, toWireResult)
  }

  /** Only in full: what is stored of a number tells no beginnings. */
  private async payersWithNumber(caller: Caller, number: string): Promise<SearchRow[]> {
    if (!caller.scopes.has('payers:read')) return []
    const payers = await this.payers.withNumber(caller, number)
    return payers.map((payer) => ({
      ...{ type: 'payer', id: payer.id, status: null, amount: null, currency: null },
      ...{ title: `${payer.name_masked} ${payer.number_masked}`, parent_id: null },
      ...{ created_at: new Date(payer.created_at), matched: 'number', is_exact: true },
    }))
  }
}

/** What fits in full first, then what is newest. */
function byFit(left: SearchRow, right: SearchRow): number {
  if (left.is_exact !== right.is_exact) return left.is_exact ? -1 : 1
  return right.created_at.getTime() - left.created_at.getTime()
}

function toWireResult(row: SearchRow): SearchResult {
  return {
    object: 'search_result',
    type: row.type,
    id: row.id,
    title: row.title.slice(0, TITLE_LENGTH_MAX),
    status: row.status,
    amount: row.amount === null ? null : wireAmount(row.amount),
    currency: row.currency,
    created_at: wireTime(row.created_at),
    matched: row.matched,
    is_exact: row.is_exact,
    parent_id: row.parent_id,
  }
}
