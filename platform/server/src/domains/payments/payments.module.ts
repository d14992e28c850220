import { Module } from '@nestjs/common'
import { BillsModule } from '../bills/bills.module.js'
import { ChannelsModule } from '../channels/channels.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { LedgerModule } from '../ledger/ledger.module.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutController } from './checkout.controller.js'
import { CheckoutRepository } from './checkout.repository.js'
import { CheckoutService } from './checkout.service.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessService } from './late-success.service.js'
import { PaymentController } from './payment.controller.js'
import { PaymentRepository } from './payment.repository.js'
import { PaymentService } from './payment.service.js'
import { PaymentAttemptRepository } from './payment-attempt.repository.js'
import { PaymentAttemptService } from './payment-attempt.service.js'
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

@Module({
  imports: [IdentityModule, LedgerModule, ChannelsModule, BillsModule],
  controllers: [PaymentController, CheckoutController, PaymentNotifyController],
  providers: [
    CashierLinks,
    CheckoutRepository,
    CheckoutEndService,
    CheckoutService,
    LateSuccessRepository,
    LateSuccessService,
    PaymentRepository,
    PaymentAttemptRepository,
    PaymentRefundsRepository,
    PaymentCreateWriter,
    PaymentRecordService,
    PaymentAttemptService,
    PaymentChannelsService,
    PaymentStartService,
    PaymentService,
    PaymentRefundsService,
    PaymentNotifyService,
    PaymentQueryJob,
    PaymentExpireJob,
  ],
  exports: [
    CashierLinks,
    CheckoutService,
    PaymentService,
    PaymentStartService,
    PaymentChannelsService,
    PaymentAttemptService,
    PaymentRefundsService,
    PaymentQueryJob,
    PaymentExpireJob,
  ],
})
export class PaymentsModule {}
