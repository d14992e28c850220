import { Injectable } from '@nestjs/common'
import type { Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { businessDate } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { LedgerError } from './ledger.errors.js'
import { LedgerRepository } from './ledger.repository.js'
import { assertPosting, isSameBooking, mergeEntries } from './ledger.rules.js'
import type { AccountBalance, LedgerPosting, PostResult } from './ledger.types.js'

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
    assertPosting(posting)
    const isNew = await this.repository.insert(tx, {
      ...posting,
      entries: mergeEntries(posting.entries),
      id: newId('txn'),
      business_date: businessDate(posting.posted_at, posting.time_zone),
    })
    if (isNew) return 'posted'
    await this.assertSame(tx, posting)
    return 'already_posted'
  }

  /** Per account, all debits and credits. Reads every entry of the institution: for checks and exports. */
  balances(tenant: Tenant): Promise<AccountBalance[]> {
    return this.repository.balances(tenant)
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
