import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { CLOCK } from '../../infra/tokens.js'
import { businessDate, type Clock } from '../../kernel/clock.js'
import { IdentityService } from '../identity/identity.service.js'
import { CHAIN_START, linksOf } from './ledger-chain.rules.js'
import { LedgerSealRepository, type StoredHead } from './ledger-seal.repository.js'

/** Transactions that are sealed together: one commit, and a second or less of one chain's lock. */
const BATCH = 1_000
const MS_PER_DAY = 86_400_000

/**
 * Seals what was booked, off the hot path: links it into the institution's chain, adds it to the snapshots of
 * its accounts, publishes the root of a day that ended. It takes what is committed from the list of the
 * unsealed, in whatever order it becomes visible; nothing is skipped because of a number or a moment, so a
 * transaction that commits late, with an older id, is in the next batch.
 */
@Injectable()
export class LedgerSealService {
  constructor(
    private readonly database: Database,
    private readonly repository: LedgerSealRepository,
    private readonly identity: IdentityService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything that is committed now. Says how many transactions it sealed. */
  async sealAll(): Promise<number> {
    const sealed = await each(await this.repository.waiting(), (tenant) => this.seal(tenant))
    return sealed.reduce((sum, count) => sum + count, 0)
  }

  /** The same of one institution and mode. */
  async seal(tenant: Tenant): Promise<number> {
    let sealed = 0
    for (;;) {
      const count = await this.sealBatch(tenant)
      sealed += count
      if (count < BATCH) return sealed
    }
  }

  /** The roots of the days that ended, of every chain. */
  async publishRoots(): Promise<void> {
    await each(await this.repository.chained(), async (tenant) => {
      const today = await this.today(tenant)
      await this.database.transaction(async (tx) => {
        if (!(await this.repository.lock(tx, tenant))) return
        const head = await this.repository.head(tx, tenant)
        if (head) await this.closeDays(tx, tenant, head, today)
      })
    })
  }

  private async sealBatch(tenant: Tenant): Promise<number> {
    const today = await this.today(tenant)
    return this.database.transaction(async (tx) => {
      if (!(await this.repository.lock(tx, tenant))) return 0
      const head = await this.repository.head(tx, tenant)
      // A day's root is published before anything is sealed on the next one, and nothing afterwards on that day.
      const sealedOn = head ? await this.closeDays(tx, tenant, head, today) : today
      const transactions = await this.repository.unsealed(tx, tenant, BATCH)
      if (transactions.length === 0) return 0
      const links = linksOf(tenant, transactions, head ?? CHAIN_START)
      await this.repository.seal(tx, tenant, links, sealedOn)
      return transactions.length
    })
  }

  /** Publishes what is missing, and says on which day the chain goes on: never before one that was closed. */
  private async closeDays(
    tx: Transaction,
    tenant: Tenant,
    head: StoredHead,
    today: string,
  ): Promise<string> {
    const firstOpen = head.last_root === null ? head.sealed_on : dayAfter(head.last_root, 1)
    // ISO dates compare as texts do. Another machine's clock may be ahead of ours.
    if (firstOpen >= today) return firstOpen
    await this.repository.addRoots(tx, tenant, firstOpen, dayAfter(today, -1))
    return today
  }

  private async today(tenant: Tenant): Promise<string> {
    const timeZone = await this.identity.timeZoneOf(tenant.institution_id)
    return businessDate(this.clock.now(), timeZone)
  }
}

/** One institution's trouble is not the others': all have their turn before the first error is told. */
async function each<T>(
  tenants: readonly Tenant[],
  work: (tenant: Tenant) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  const errors: unknown[] = []
  for (const tenant of tenants) {
    await work(tenant).then(
      (result) => results.push(result),
      (error: unknown) => errors.push(error),
    )
  }
  if (errors.length > 0) throw errors[0]
  return results
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10)
}
