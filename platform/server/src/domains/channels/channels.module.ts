import { Module } from '@nestjs/common'
import { APP_CLOCK, CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { IdentityModule } from '../identity/identity.module.js'
import { WalletsModule } from '../wallets/wallets.module.js'
import { ChannelAccountController } from './accounts/channel-account.controller.js'
import { ChannelAccountAdminService } from './accounts/channel-account-admin.service.js'
import { CampusCardChannel } from './campus-card/campus-card.channel.js'
import { CashChannel } from './cash/cash.channel.js'
import { CounterJournalRepository } from './cash/counter-journal.repository.js'
import { CounterJournalService } from './cash/counter-journal.service.js'
import { CounterOrderRepository } from './cash/counter-order.repository.js'
import { CounterOrderService } from './cash/counter-order.service.js'
import { CounterRefundRepository } from './cash/counter-refund.repository.js'
import { CounterRefundService } from './cash/counter-refund.service.js'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountRepository } from './channel-account.repository.js'
import { ChannelAccountService } from './channel-account.service.js'
import { ChannelHealthRepository } from './health/channel-health.repository.js'
import { ChannelHealthService } from './health/channel-health.service.js'
import { ChannelWatchService } from './health/channel-watch.service.js'
import { ChannelIncidentRepository } from './incidents/channel-incident.repository.js'
import { ChannelIncidentService } from './incidents/channel-incident.service.js'
import { ChannelIncidentCleanJob } from './incidents/channel-incident-clean.job.js'
import { ChannelIncidentListService } from './incidents/channel-incident-list.service.js'
import { NotificationService } from './notification.service.js'
import { ChannelRouteController } from './routing/channel-route.controller.js'
import { ChannelRouteRepository } from './routing/channel-route.repository.js'
import { ChannelRouteService } from './routing/channel-route.service.js'
import { ChannelRoutingService } from './routing/channel-routing.service.js'

/** Needs `Database`, `Vault`, the clock and the settings, which the processes provide globally. */
@Module({
  imports: [IdentityModule, WalletsModule],
  controllers: [ChannelAccountController, ChannelRouteController],
  providers: [
    CampusCardChannel,
    CounterOrderRepository,
    CounterRefundRepository,
    CounterJournalRepository,
    CounterOrderService,
    CounterRefundService,
    CounterJournalService,
    CashChannel,
    {
      provide: ChannelRegistry,
      inject: [CampusCardChannel, CashChannel, ChannelWatchService, CLOCK, APP_CLOCK],
      useFactory: (
        campus_card: CampusCardChannel,
        cash: CashChannel,
        watcher: ChannelWatchService,
        wire: Clock,
        business: Clock,
      ) => new ChannelRegistry({ campus_card, cash }, watcher, { wire, business }),
    },
    ChannelAccountRepository,
    ChannelHealthRepository,
    ChannelIncidentRepository,
    ChannelRouteRepository,
    ChannelHealthService,
    ChannelIncidentService,
    ChannelWatchService,
    ChannelAccountService,
    ChannelRoutingService,
    ChannelAccountAdminService,
    ChannelIncidentListService,
    ChannelRouteService,
    NotificationService,
    ChannelIncidentCleanJob,
  ],
  exports: [
    ChannelRegistry,
    ChannelAccountService,
    ChannelHealthService,
    ChannelRoutingService,
    ChannelIncidentService,
    ChannelIncidentCleanJob,
    NotificationService,
    CounterOrderService,
    CounterRefundService,
  ],
})
export class ChannelsModule {}
