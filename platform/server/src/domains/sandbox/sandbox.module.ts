import { Module } from '@nestjs/common'
import { BillsModule } from '../bills/bills.module.js'
import { ChannelsModule } from '../channels/channels.module.js'
import { CounterModule } from '../counter/counter.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { LedgerModule } from '../ledger/ledger.module.js'
import { PayersModule } from '../payers/payers.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { RefundsModule } from '../refunds/refunds.module.js'
import { WalletsModule } from '../wallets/wallets.module.js'
import { WebhooksModule } from '../webhooks/webhooks.module.js'
import { ClockedMerchants } from './clocked-merchants.service.js'
import { EventTriggerController } from './event-trigger.controller.js'
import { EventTriggerService } from './event-trigger.service.js'
import { FaultController } from './fault.controller.js'
import { FaultService } from './fault.service.js'
import { SandboxAccountService } from './sandbox-account.service.js'
import { SandboxPayerService } from './sandbox-payer.service.js'
import { SandboxResetController } from './sandbox-reset.controller.js'
import { SandboxResetRepository } from './sandbox-reset.repository.js'
import { SandboxResetService } from './sandbox-reset.service.js'
import { SceneServices } from './scenarios/scene.services.js'
import { SimulationController } from './simulation.controller.js'
import { SimulationService } from './simulation.service.js'
import { SimulatorClient } from './simulator.client.js'
import { TestClockController } from './test-clock.controller.js'
import { TestClockRepository } from './test-clock.repository.js'
import { TestClockService } from './test-clock.service.js'
import { TestPayerController } from './test-payer.controller.js'
import { TestPayerRepository } from './test-payer.repository.js'
import { TestPayerService } from './test-payer.service.js'

@Module({
  imports: [
    IdentityModule,
    PayersModule,
    WalletsModule,
    ChannelsModule,
    PaymentsModule,
    CounterModule,
    BillsModule,
    RefundsModule,
    LedgerModule,
    WebhooksModule,
  ],
  controllers: [
    SimulationController,
    FaultController,
    TestClockController,
    SandboxResetController,
    TestPayerController,
    EventTriggerController,
  ],
  providers: [
    SandboxAccountService,
    SandboxPayerService,
    SimulationService,
    FaultService,
    SimulatorClient,
    ClockedMerchants,
    TestClockRepository,
    TestClockService,
    SandboxResetRepository,
    SandboxResetService,
    TestPayerRepository,
    TestPayerService,
    SceneServices,
    EventTriggerService,
  ],
  exports: [SandboxAccountService, SandboxPayerService],
})
export class SandboxModule {}
