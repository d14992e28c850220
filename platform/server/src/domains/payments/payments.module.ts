import { Module } from '@nestjs/common'
import { BillsModule } from '../bills/bills.module.js'
import { ChannelsModule } from '../channels/channels.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { LedgerModule } from '../ledger/ledger.module.js'
import { WalletsModule } from '../wallets/wallets.module.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutController } from './checkout.controller.js'
import { CheckoutRepository } from './checkout.repository.js'
import { CheckoutService } from './checkout.service.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessService } from './late-success.service.js'
import { PaymentLimitController } from './limits/payment-limit.controller.js'
import { PaymentLimitRepository } from './limits/payment-limit.repository.js'
import { PaymentLimitService } from './limits/payment-limit.service.js'
import { PaymentLimitAdminService } from './limits/payment-limit-admin.service.js'
import { PaymentLimitUsageRepository } from './limits/payment-limit-usage.repository.js'
import { PaymentController } from './payment.controller.js'
import { PaymentRepository } from './payment.repository.js'
import { PaymentService } from './payment.service.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'
import { PaymentChangeService } from './payment-change.service.js'
import { PaymentChannelsService } from './payment-channels.service.js'
import { PaymentCreateWriter } from './payment-create.writer.js'
import { PaymentExpireJob } from './payment-expire.job.js'
import { PaymentNotifyController } from './payment-notify.controller.js'
import { PaymentNotifyService } from './payment-notify.service.js'
import { PaymentQueryJob } from './payment-query.job.js'
import { PaymentRecordService } from './payment-record.service.js'
import { PaymentRefundsRepository } from './payment-refunds.repository.js'
import { PaymentRefundsService } from './payment-refunds.service.js'
import { PaymentStartService } from './payment-start.service.js'
import { PaymentSuccessWriter } from './payment-success.writer.js'
import { TopUpController } from './wallet/top-up.controller.js'
import { TopUpService } from './wallet/top-up.service.js'
import { WalletConfirmController } from './wallet/wallet-confirm.controller.js'
import { WalletConfirmService } from './wallet/wallet-confirm.service.js'

@Module({
  imports: [IdentityModule, LedgerModule, WalletsModule, ChannelsModule, BillsModule],
  controllers: [
    PaymentController,
    CheckoutController,
    PaymentNotifyController,
    PaymentLimitController,
    TopUpController,
    WalletConfirmController,
  ],
  providers: [
    CashierLinks,
    CheckoutRepository,
    CheckoutEndService,
    CheckoutService,
    LateSuccessRepository,
    LateSuccessService,
    PaymentLimitRepository,
    PaymentLimitUsageRepository,
    PaymentLimitService,
    PaymentLimitAdminService,
    PaymentRepository,
    PaymentAttemptRepository,
    PaymentRefundsRepository,
    PaymentCreateWriter,
    PaymentSuccessWriter,
    PaymentRecordService,
    PaymentAttemptService,
    PaymentChannelsService,
    PaymentStartService,
    PaymentChangeService,
    PaymentService,
    PaymentRefundsService,
    PaymentNotifyService,
    TopUpService,
    WalletConfirmService,
    PaymentQueryJob,
    PaymentExpireJob,
  ],
  exports: [
    CashierLinks,
    CheckoutService,
    PaymentService,
    PaymentStartService,
    PaymentChangeService,
    PaymentChannelsService,
    PaymentAttemptService,
    PaymentRefundsService,
    TopUpService,
    WalletConfirmService,
    PaymentQueryJob,
    PaymentExpireJob,
  ],
})
export class PaymentsModule {}
