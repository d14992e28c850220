import { Module } from '@nestjs/common'
import { ChannelsModule } from '../channels/channels.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { RefundsModule } from '../refunds/refunds.module.js'
import { CounterController } from './counter.controller.js'
import { CounterService } from './counter.service.js'

@Module({
  imports: [ChannelsModule, PaymentsModule, RefundsModule],
  controllers: [CounterController],
  providers: [CounterService],
  exports: [CounterService],
})
export class CounterModule {}
