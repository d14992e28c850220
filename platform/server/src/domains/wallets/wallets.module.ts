import { Module } from '@nestjs/common'
import { IdentityModule } from '../identity/identity.module.js'
import { LedgerModule } from '../ledger/ledger.module.js'
import { WalletController } from './wallet.controller.js'
import { WalletRepository } from './wallet.repository.js'
import { WalletService } from './wallet.service.js'
import { WalletMovementService } from './wallet-movement.service.js'
import { WalletOrderRepository } from './wallet-order.repository.js'
import { WalletOrderService } from './wallet-order.service.js'
import { WalletPinService } from './wallet-pin.service.js'
import { WalletRefundService } from './wallet-refund.service.js'
import { WalletStatementService } from './wallet-statement.service.js'
import { WalletTopUpService } from './wallet-top-up.service.js'
import { WalletTransactionRepository } from './wallet-transaction.repository.js'

/** Needs `Database`, `Vault` and the clock, which the processes provide globally. */
@Module({
  imports: [IdentityModule, LedgerModule],
  controllers: [WalletController],
  providers: [
    WalletRepository,
    WalletTransactionRepository,
    WalletOrderRepository,
    WalletMovementService,
    WalletPinService,
    WalletService,
    WalletOrderService,
    WalletRefundService,
    WalletStatementService,
    WalletTopUpService,
  ],
  exports: [
    WalletService,
    WalletOrderService,
    WalletRefundService,
    WalletStatementService,
    WalletTopUpService,
  ],
})
export class WalletsModule {}
