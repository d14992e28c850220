import { Injectable } from '@nestjs/common'
import { AppClocks } from '../../../infra/clock/app-clocks.js'
import { BillService } from '../../bills/bill.service.js'
import { FeeItemService } from '../../bills/fee-item.service.js'
import { ChannelHealthService } from '../../channels/health/channel-health.service.js'
import { ApiKeyService } from '../../identity/api-key.service.js'
import { DepartmentService } from '../../identity/department.service.js'
import { LedgerCorrectionService } from '../../ledger/ledger-correction.service.js'
import { LedgerViewService } from '../../ledger/ledger-view.service.js'
import { PayerService } from '../../payers/payer.service.js'
import { CheckoutService } from '../../payments/checkout.service.js'
import { PaymentService } from '../../payments/payment.service.js'
import { TopUpService } from '../../payments/wallet/top-up.service.js'
import { WalletConfirmService } from '../../payments/wallet/wallet-confirm.service.js'
import { RefundService } from '../../refunds/refund.service.js'
import { RefundApprovalService } from '../../refunds/refund-approval.service.js'
import { WalletService } from '../../wallets/wallet.service.js'
import { SandboxAccountService } from '../sandbox-account.service.js'
import { SimulationService } from '../simulation.service.js'

/** Everything that an app can make happen. */
@Injectable()
export class SceneServices {
  constructor(
    readonly clocks: AppClocks,
    readonly payers: PayerService,
    readonly feeItems: FeeItemService,
    readonly bills: BillService,
    readonly checkouts: CheckoutService,
    readonly payments: PaymentService,
    readonly refunds: RefundService,
    readonly approvals: RefundApprovalService,
    readonly departments: DepartmentService,
    readonly wallets: WalletService,
    readonly topUps: TopUpService,
    readonly walletConfirm: WalletConfirmService,
    readonly keys: ApiKeyService,
    readonly corrections: LedgerCorrectionService,
    readonly books: LedgerViewService,
    readonly health: ChannelHealthService,
    readonly sandboxAccounts: SandboxAccountService,
    readonly simulation: SimulationService,
  ) {}
}
