import { Module } from '@nestjs/common'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerService } from './ledger.service.js'
import { LedgerJournalRepository } from './ledger-journal.repository.js'
import { LedgerJournalService } from './ledger-journal.service.js'

/** Needs `Database`, which the processes provide globally. */
@Module({
  providers: [LedgerRepository, LedgerService, LedgerJournalRepository, LedgerJournalService],
  exports: [LedgerService, LedgerJournalService],
})
export class LedgerModule {}
