import { Module } from '@nestjs/common'
import { BillsModule } from '../bills/bills.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { PayersModule } from '../payers/payers.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { RefundsModule } from '../refunds/refunds.module.js'
import { ExportController } from './exports/export.controller.js'
import { ExportRepository } from './exports/export.repository.js'
import { ExportService } from './exports/export.service.js'
import { ExportCleanJob } from './exports/export-clean.job.js'
import { ExportWriteJob } from './exports/export-write.job.js'
import { ExportWriteRepository } from './exports/export-write.repository.js'
import { ExportWriteService } from './exports/export-write.service.js'
import { HistoryController } from './history/history.controller.js'
import { HistoryRepository } from './history/history.repository.js'
import { HistoryService } from './history/history.service.js'
import { OverviewController } from './overview/overview.controller.js'
import { OverviewRepository } from './overview/overview.repository.js'
import { OverviewService } from './overview/overview.service.js'
import { OverviewCallsRepository } from './overview/overview-calls.repository.js'
import { SearchController } from './search/search.controller.js'
import { SearchRepository } from './search/search.repository.js'
import { SearchService } from './search/search.service.js'

/** Reads everybody's rows and changes none of them. Needs `Database` and `Vault`, which the processes provide globally. */
@Module({
  imports: [IdentityModule, PayersModule, BillsModule, PaymentsModule, RefundsModule],
  controllers: [SearchController, HistoryController, OverviewController, ExportController],
  providers: [
    SearchRepository,
    SearchService,
    HistoryRepository,
    HistoryService,
    OverviewRepository,
    OverviewCallsRepository,
    OverviewService,
    ExportRepository,
    ExportWriteRepository,
    ExportWriteService,
    ExportService,
    ExportWriteJob,
    ExportCleanJob,
  ],
  exports: [ExportWriteJob, ExportCleanJob],
})
export class ReportsModule {}
