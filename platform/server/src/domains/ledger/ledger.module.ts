import { Module } from '@nestjs/common'
import { IdentityModule } from '../identity/identity.module.js'
import { LedgerController } from './ledger.controller.js'
import { LedgerRepository } from './ledger.repository.js'
import { LedgerService } from './ledger.service.js'
import { LedgerCorrectionController } from './ledger-correction.controller.js'
import { LedgerCorrectionRepository } from './ledger-correction.repository.js'
import { LedgerCorrectionService } from './ledger-correction.service.js'
import { LedgerJournalRepository } from './ledger-journal.repository.js'
import { LedgerJournalService } from './ledger-journal.service.js'
import { LedgerRootJob } from './ledger-root.job.js'
import { LedgerSealJob } from './ledger-seal.job.js'
import { LedgerSealRepository } from './ledger-seal.repository.js'
import { LedgerSealService } from './ledger-seal.service.js'
import { LedgerViewRepository } from './ledger-view.repository.js'
import { LedgerViewService } from './ledger-view.service.js'

/** Needs `Database` and the clock, which the processes provide globally. */
@Module({
  imports: [IdentityModule],
  controllers: [LedgerCorrectionController, LedgerController],
  providers: [
    LedgerRepository,
    LedgerService,
    LedgerCorrectionRepository,
    LedgerCorrectionService,
    LedgerViewRepository,
    LedgerViewService,
    LedgerJournalRepository,
    LedgerJournalService,
    LedgerSealRepository,
    LedgerSealService,
    LedgerSealJob,
    LedgerRootJob,
  ],
  exports: [
    LedgerService,
    LedgerViewService,
    LedgerCorrectionService,
    LedgerJournalService,
    LedgerSealJob,
    LedgerRootJob,
  ],
})
export class LedgerModule {}
