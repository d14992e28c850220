import { createTenant, createTestVault, type TestTenant } from '../../../test/support/callers.js'
import type { TestDatabase } from '../../../test/support/database.js'
import type { Vault } from '../../infra/crypto/vault.js'
import type { Tenant } from '../../infra/http/caller.js'
import { ManualClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { IdentityRepository } from '../identity/identity.repository.js'
import { IdentityService } from '../identity/identity.service.js'
import { channelClearing, departmentPayable } from './ledger.accounts.js'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerService } from './ledger.service.js'
import type { AccountBalance, LedgerPosting, PostResult } from './ledger.types.js'
import { LedgerCorrectionRepository } from './ledger-correction.repository.js'
import { LedgerCorrectionService } from './ledger-correction.service.js'
import { LedgerSealRepository } from './ledger-seal.repository.js'
import { LedgerSealService } from './ledger-seal.service.js'

/** The ledger's services on a database of the test's own, with a clock that the test moves. */
export class LedgerFixture {
  readonly clock = new ManualClock(new Date('2026-11-22T04:00:00Z'))
  readonly identity: IdentityService
  readonly ledger: LedgerService
  readonly seals: LedgerSealService
  readonly corrections: LedgerCorrectionService
  private readonly vault: Vault

  constructor(readonly test: TestDatabase) {
    this.vault = createTestVault(test.database)
    this.identity = new IdentityService(new IdentityRepository(test.database), this.vault)
    this.ledger = new LedgerService(new LedgerRepository(test.database))
    const repository = new LedgerSealRepository(test.database)
    this.seals = new LedgerSealService(test.database, repository, this.identity, this.clock)
    this.corrections = new LedgerCorrectionService(
      test.database,
      new LedgerCorrectionRepository(test.database),
      this.ledger,
      this.identity,
      this.clock,
    )
  }

  /** Callers of the API, of two institutions. */
  callers(): Promise<TestTenant> {
    return createTenant(this.test.database, this.vault)
  }

  async tenant(livemode = true): Promise<Tenant> {
    return { institution_id: await this.identity.createInstitution('University'), livemode }
  }

  post(posting: LedgerPosting): Promise<PostResult> {
    return this.test.database.transaction((tx) => this.ledger.post(tx, posting))
  }

  /** What the entries themselves add up to: the truth that balances are compared with. */
  sums(tenant: Tenant): Promise<AccountBalance[]> {
    return this.test.database.query<AccountBalance>(
      `select account.code as account_code, account.type, account.currency,
              coalesce(sum(entry.amount) filter (where direction = 'debit'), 0)::bigint as debits,
              coalesce(sum(entry.amount) filter (where direction = 'credit'), 0)::bigint as credits
         from ledger_accounts as account
         left join ledger_entries as entry
           on entry.institution_id = account.institution_id and entry.livemode = account.livemode
          and entry.account_code = account.code and entry.currency = account.currency
        where account.institution_id = $1 and account.livemode = $2
        group by account.code, account.type, account.currency
        order by account.code, account.currency`,
      [tenant.institution_id, tenant.livemode],
    )
  }
}

const CLEARING = channelClearing(newId('cha'))
const PAYABLE = departmentPayable(newId('dept'))

/** A payment of one department. */
export function paymentPosting(
  tenant: Tenant,
  amount: bigint,
  changes: Partial<LedgerPosting> = {},
): LedgerPosting {
  return {
    ...tenant,
    kind: 'payment',
    source_id: newId('pay'),
    description: 'Tuition',
    currency: 'CNY',
    posted_at: new Date('2026-11-22T04:00:00Z'),
    entries: [
      { account: CLEARING, direction: 'debit', amount },
      { account: PAYABLE, direction: 'credit', amount },
    ],
    ...changes,
  }
}
