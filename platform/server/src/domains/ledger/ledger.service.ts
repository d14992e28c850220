import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import { businessDate } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { LedgerError } from './ledger.errors.js'
import { LedgerRepository } from './ledger.repository.js'
import { assertPosting, isSameBooking, mergeEntries } from './ledger.rules.js'
import type {
  AccountBalance,
  LedgerAccount,
  LedgerPosting,
  PostingKind,
  PostResult,
} from './ledger.types.js'

/** Double entry, append-only. It knows accounts and entries, and no idea what a payment is. */
@Injectable()
export class LedgerService {
  constructor(private readonly repository: LedgerRepository) {}

  /**
   * Books one change of one object, in the transaction of the change itself. Booking the same again is
   * harmless and answers `already_posted`; booking something else under the same kind and source throws
   * LedgerError `ledger_posting_conflict`, because one of the two would be lost.
   */
  async post(tx: Transaction, posting: LedgerPosting): Promise<PostResult> {
    const [result] = await this.postAll(tx, posting, [posting])
    assert(result, 'one posting has one result')
    return result
  }

  /** The same for changes of several objects that are committed together: one statement for all of them. */
  async postAll(
    tx: Transaction,
    tenant: Tenant,
    postings: readonly LedgerPosting[],
  ): Promise<PostResult[]> {
    const transactions = postings.map((posting) => {
      assertPosting(posting)
      assert(isOf(tenant, posting), 'postings of one statement are of one institution and mode')
      return {
        ...posting,
        entries: mergeEntries(posting.entries),
        id: newId('txn'),
        business_date: businessDate(posting.posted_at, posting.time_zone),
      }
    })
    const added = await this.repository.insert(tx, tenant, transactions)
    const results: PostResult[] = []
    for (const transaction of transactions) {
      if (!added.has(transaction.id)) await this.assertSame(tx, transaction)
      results.push(added.has(transaction.id) ? 'posted' : 'already_posted')
    }
    return results
  }

  /** The id of the transaction that was posted for this kind and source. */
  transactionOf(
    tx: Transaction,
    tenant: Tenant,
    kind: PostingKind,
    sourceId: string,
  ): Promise<string | null> {
    return this.repository.findId(tx, tenant, kind, sourceId)
  }

  /** Per account, all debits and credits: the last snapshots and what was booked since. */
  balances(tenant: Tenant): Promise<AccountBalance[]> {
    return this.repository.balances(tenant, null)
  }

  /** The same of one account; null when nothing was ever booked on it in this currency. */
  async balance(
    tenant: Tenant,
    account: LedgerAccount,
    currency: string,
  ): Promise<AccountBalance | null> {
    const rows = await this.repository.balances(tenant, [account.code])
    return rows.find((row) => row.currency === currency) ?? null
  }

  private async assertSame(tx: Transaction, posting: LedgerPosting): Promise<void> {
    if (isSameBooking(await this.repository.findEntries(tx, posting), posting)) return
    throw new LedgerError(
      'ledger_posting_conflict',
      `The ${posting.kind} of ${posting.source_id} is booked already, with other entries. ` +
        'Entries never change: correct it with a transaction of its own.',
    )
  }
}

function isOf(tenant: Tenant, posting: LedgerPosting): boolean {
  return posting.institution_id === tenant.institution_id && posting.livemode === tenant.livemode
}
