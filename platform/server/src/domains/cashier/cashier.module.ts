import { Module } from '@nestjs/common'
import { BillsModule } from '../bills/bills.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { PayersModule } from '../payers/payers.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { CashierController } from './cashier.controller.js'
import { CashierService } from './cashier.service.js'
import { CashierPageController } from './cashier-page.controller.js'
import { CashierPages } from './cashier-pages.js'

@Module({
  imports: [IdentityModule, PayersModule, BillsModule, PaymentsModule],
  controllers: [CashierController, CashierPageController],
  providers: [CashierService, CashierPages],
  exports: [CashierPages],
})
export class CashierModule {}
