import { Module } from '@nestjs/common'
import { IdentityModule } from '../identity/identity.module.js'
import { PayersModule } from '../payers/payers.module.js'
import { BillController } from './bill.controller.js'
import { BillRepository } from './bill.repository.js'
import { BillService } from './bill.service.js'
import { BillCollectionRepository } from './bill-collection.repository.js'
import { BillExpireJob } from './bill-expire.job.js'
import { FeeItemController } from './fee-item.controller.js'
import { FeeItemRepository } from './fee-item.repository.js'
import { FeeItemService } from './fee-item.service.js'

/** Needs `Database` and the clock, which the processes provide globally. */
@Module({
  imports: [IdentityModule, PayersModule],
  controllers: [FeeItemController, BillController],
  providers: [
    FeeItemRepository,
    FeeItemService,
    BillRepository,
    BillCollectionRepository,
    BillService,
    BillExpireJob,
  ],
  exports: [FeeItemService, BillService, BillExpireJob],
})
export class BillsModule {}
