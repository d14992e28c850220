import type { LedgerService } from '../src/domains/ledger/ledger.service.js'
import type { LedgerPosting, PostResult } from '../src/domains/ledger/ledger.types.js'
import { Coalescer } from '../src/infra/database/coalescer.js'
import type { Database } from '../src/infra/database/database.js'

/**
 * Posts as PaymentSuccessWriter does, without the payment around it: postings of one moment share
 * `LedgerService.postAll` and a commit. Each is acknowledged only when it is durable.
 */
export class LedgerWriter {
  private readonly writer: Coalescer<LedgerPosting, PostResult>
  private readonly database: Database
  private readonly ledger: LedgerService

  constructor(database: Database, ledger: LedgerService) {
    this.database = database
    this.ledger = ledger
    this.writer = new Coalescer({
      groupOf: ({ institution_id, livemode }) => `${institution_id} ${livemode}`,
      run: (postings) => this.write(postings),
    })
  }

  post(posting: LedgerPosting): Promise<PostResult> {
    return this.writer.submit(posting)
  }

  private async write(postings: readonly LedgerPosting[]): Promise<PostResult[]> {
    const [first] = postings
    if (!first) return []
    return this.database.transaction((tx) => this.ledger.postAll(tx, first, postings))
  }
}
