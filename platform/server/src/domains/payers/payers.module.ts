import { Module } from '@nestjs/common'
import { PayerController } from './payer.controller.js'
import { PayerRepository } from './payer.repository.js'
import { PayerService } from './payer.service.js'

/** Needs `Database`, `Vault` and the clock, which the processes provide globally. */
@Module({
  controllers: [PayerController],
  providers: [PayerRepository, PayerService],
  exports: [PayerService],
})
export class PayersModule {}
