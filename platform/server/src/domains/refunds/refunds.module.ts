import { Module } from '@nestjs/common'
import { ChannelsModule } from '../channels/channels.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { LedgerModule } from '../ledger/ledger.module.js'
import { PaymentsModule } from '../payments/payments.module.js'
import { WalletsModule } from '../wallets/wallets.module.js'
import { ChannelRefundService } from './channel-refund.service.js'
import { LateSuccessRepository } from './late-success.repository.js'
import { LateSuccessRefundJob } from './late-success-refund.job.js'
import { LateSuccessRefundService } from './late-success-refund.service.js'
import { RefundController } from './refund.controller.js'
import { RefundRepository } from './refund.repository.js'
import { RefundService } from './refund.service.js'
import { RefundApprovalService } from './refund-approval.service.js'
import { RefundNotifyController } from './refund-notify.controller.js'
import { RefundNotifyService } from './refund-notify.service.js'
import { RefundPollJob } from './refund-poll.job.js'
import { RefundProgressService } from './refund-progress.service.js'
import { RefundWalletService } from './refund-wallet.service.js'

@Module({
  imports: [IdentityModule, ChannelsModule, LedgerModule, WalletsModule, PaymentsModule],
  controllers: [RefundController, RefundNotifyController],
  providers: [
    ChannelRefundService,
    RefundRepository,
    RefundApprovalService,
    RefundProgressService,
    RefundWalletService,
    RefundService,
    RefundPollJob,
    LateSuccessRepository,
    LateSuccessRefundService,
    LateSuccessRefundJob,
    RefundNotifyService,
  ],
  exports: [
    RefundService,
    RefundApprovalService,
    RefundProgressService,
    RefundPollJob,
    LateSuccessRefundJob,
  ],
})
export class RefundsModule {}
