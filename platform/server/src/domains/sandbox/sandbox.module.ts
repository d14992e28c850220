import { Module } from '@nestjs/common'
import { ChannelsModule } from '../channels/channels.module.js'
import { CounterModule } from '../counter/counter.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { PayersModule } from '../payers/payers.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { WalletsModule } from '../wallets/wallets.module.js'
import { ClockedMerchants } from './clocked-merchants.service.js'
import { FaultController } from './fault.controller.js'
import { FaultService } from './fault.service.js'
import { SandboxAccountService } from './sandbox-account.service.js'
import { SandboxPayerService } from './sandbox-payer.service.js'
import { SimulationController } from './simulation.controller.js'
import { SimulationService } from './simulation.service.js'
import { SimulatorClient } from './simulator.client.js'
import { TestClockController } from './test-clock.controller.js'
import { TestClockRepository } from './test-clock.repository.js'
import { TestClockService } from './test-clock.service.js'

@Module({
  imports: [
    IdentityModule,
    PayersModule,
    WalletsModule,
    ChannelsModule,
    PaymentsModule,
    CounterModule,
  ],
  controllers: [SimulationController, FaultController, TestClockController],
  providers: [
    SandboxAccountService,
    SandboxPayerService,
    SimulationService,
    FaultService,
    SimulatorClient,
    ClockedMerchants,
    TestClockRepository,
    TestClockService,
  ],
  exports: [SandboxAccountService, SandboxPayerService],
})
export class SandboxModule {}
