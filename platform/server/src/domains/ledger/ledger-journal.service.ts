import { Injectable } from '@nestjs/common'
import type { Database, Transaction } from '../../infra/database/database.js'
import { LedgerError } from './ledger.errors.js'
import {
  accountDirective,
  balanceAssertions,
  commodityDirective,
  transactionText,
} from './ledger-journal.format.js'
import { type JournalCursor, LedgerJournalRepository } from './ledger-journal.repository.js'

export const PAGE_SIZE = 1_000

export interface JournalSummary {
  readonly accounts: number
  readonly transactions: number
}

/**
 * Writes the ledger as an hledger journal (https://hledger.org), which a stranger can check without any
 * software of ours: `hledger -f books.journal check --strict`. It is read in pages from one snapshot and
 * never held in memory as a whole.
 */
@Injectable()
export class LedgerJournalService {
  constructor(private readonly repository: LedgerJournalRepository) {}

  /** For a command that needs a database and nothing else. */
  static on(database: Database): LedgerJournalService {
    return new LedgerJournalService(new LedgerJournalRepository(database))
  }

  /** Hands the journal to `write` piece by piece, waiting for each, and says how much it was. */
  export(write: (text: string) => Promise<void>): Promise<JournalSummary> {
    return this.repository.snapshot(async (tx) => {
      try {
        const accounts = await this.writeDirectives(tx, write)
        const transactions = await this.writeTransactions(tx, write)
        await this.writeAssertions(tx, write)
        return { accounts, transactions }
      } catch (cause) {
        // Not the driver's own error, which the database would answer by running all of it again.
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new LedgerError(
          'ledger_export_interrupted',
          `The export stopped before its end (${reason}). Start it anew.`,
          { cause },
        )
      }
    })
  }

  private async writeDirectives(
    tx: Transaction,
    write: (text: string) => Promise<void>,
  ): Promise<number> {
    const currencies = await this.repository.currencies(tx)
    const accounts = await this.repository.accounts(tx)
    await write(
      '; Journal of the ledger. Amounts are exact; debits are positive, credits negative.\n',
    )
    await write(currencies.map(commodityDirective).join(''))
    await write(accounts.map(accountDirective).join(''))
    return accounts.length
  }

  private async writeTransactions(
    tx: Transaction,
    write: (text: string) => Promise<void>,
  ): Promise<number> {
    let count = 0
    let after: JournalCursor | null = null
    for (;;) {
      const page = await this.repository.page(tx, after, PAGE_SIZE)
      await write(page.map(transactionText).join(''))
      count += page.length
      after = page.at(-1) ?? null
      if (page.length < PAGE_SIZE || after === null) return count
    }
  }

  private async writeAssertions(
    tx: Transaction,
    write: (text: string) => Promise<void>,
  ): Promise<void> {
    const date = await this.repository.lastBusinessDate(tx)
    const balances = await this.repository.balances(tx)
    if (date !== null && balances.length > 0) await write(balanceAssertions(date, balances))
  }
}
