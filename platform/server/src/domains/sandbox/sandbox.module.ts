import { Module } from '@nestjs/common'
import { ChannelsModule } from '../channels/channels.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { SandboxAccountService } from './sandbox-account.service.js'
import { SimulationController } from './simulation.controller.js'
import { SimulationService } from './simulation.service.js'

@Module({
  imports: [ChannelsModule, PaymentsModule],
  controllers: [SimulationController],
  providers: [SandboxAccountService, SimulationService],
  exports: [SandboxAccountService],
})
export class SandboxModule {}
