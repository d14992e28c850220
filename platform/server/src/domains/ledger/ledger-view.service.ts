import { Injectable } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import { toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { isId } from '../../kernel/id.js'
import { toPage } from '../../kernel/pagination.js'
import { ledgerTransactionNotFound } from './ledger.errors.js'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerViewRepository } from './ledger-view.repository.js'
import {
  type LedgerAccount,
  type LedgerAccountListQuery,
  type LedgerRoot,
  type LedgerRootListQuery,
  type LedgerTransaction,
  type LedgerTransactionListQuery,
  toWireAccount,
  toWireRoot,
  toWireTransaction,
} from './ledger-view.schema.js'

/** The books as their readers see them: all of the caller's institution and mode. */
@Injectable()
export class LedgerViewService {
  constructor(
    private readonly views: LedgerViewRepository,
    private readonly balances: LedgerRepository,
  ) {}

  /** @throws LedgerError ledger_transaction_not_found */
  async transaction(caller: Caller, id: string): Promise<LedgerTransaction> {
    const view = isId(id, 'txn') ? await this.views.find(caller, id) : null
    if (!view) throw ledgerTransactionNotFound(id)
    return toWireTransaction(view)
  }

  async transactions(
    caller: Caller,
    query: LedgerTransactionListQuery,
  ): Promise<WireList<LedgerTransaction>> {
    const rows = await this.views.list(caller, {
      limit: query.limit,
      cursor: query.cursor ?? null,
      kind: query.kind ?? null,
      source_id: query.source ?? null,
      account_code: query.account ?? null,
      from: query['business_date[gte]'] ?? null,
      before: query['business_date[lt]'] ?? null,
    })
    return toWireList(toPage(rows, query.limit), toWireTransaction)
  }

  async accounts(caller: Caller, query: LedgerAccountListQuery): Promise<WireList<LedgerAccount>> {
    const rows = await this.balances.balancePage(caller, {
      limit: query.limit,
      cursor: query.cursor ?? null,
      account_code: query.account ?? null,
    })
    const page = toPage(
      rows.map((row) => ({ ...row, id: `${row.account_code} ${row.currency}` })),
      query.limit,
    )
    return toWireList(page, (row) => toWireAccount(caller.livemode, row))
  }

  async roots(caller: Caller, query: LedgerRootListQuery): Promise<WireList<LedgerRoot>> {
    const rows = await this.views.roots(caller, query.cursor ?? null, query.limit)
    const page = toPage(
      rows.map((row) => ({ ...row, id: row.business_date })),
      query.limit,
    )
    return toWireList(page, (row) => toWireRoot(caller.livemode, row))
  }
}
