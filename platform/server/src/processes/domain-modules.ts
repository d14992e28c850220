import { BillsModule } from '../domains/bills/bills.module.js'
import { CashierModule } from '../domains/cashier/cashier.module.js'
import { ChannelsModule } from '../domains/channels/channels.module.js'
import { ConsoleModule } from '../domains/console/console.module.js'
import { ConsoleAccessModule } from '../domains/console-access/console-access.module.js'
import { CounterModule } from '../domains/counter/counter.module.js'
import { GoLiveModule } from '../domains/go-live/go-live.module.js'
import { IdentityModule } from '../domains/identity/identity.module.js'
import { LedgerModule } from '../domains/ledger/ledger.module.js'
import { OauthModule } from '../domains/oauth/oauth.module.js'
import { PayerAccessModule } from '../domains/payer-access/payer-access.module.js'
import { PayersModule } from '../domains/payers/payers.module.js'
import { PaymentsModule } from '../domains/payments/payments.module.js'
import { RefundsModule } from '../domains/refunds/refunds.module.js'
import { ReportsModule } from '../domains/reports/reports.module.js'
import { RequestLogModule } from '../domains/request-log/request-log.module.js'
import { SandboxModule } from '../domains/sandbox/sandbox.module.js'
import { WalletsModule } from '../domains/wallets/wallets.module.js'
import { WebhooksModule } from '../domains/webhooks/webhooks.module.js'

/** Every domain of the platform, lowest rank first. */
export const DOMAIN_MODULES = [
  IdentityModule,
  RequestLogModule,
  LedgerModule,
  PayersModule,
  WalletsModule,
  OauthModule,
  ChannelsModule,
  BillsModule,
  PaymentsModule,
  RefundsModule,
  CashierModule,
  ConsoleModule,
  CounterModule,
  PayerAccessModule,
  ConsoleAccessModule,
  WebhooksModule,
  ReportsModule,
  SandboxModule,
  GoLiveModule,
] as const
