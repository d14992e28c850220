import { Logger } from '@nestjs/common'
import { createTenant, createTestVault } from '../../../test/support/callers.js'
import { createTestDatabase } from '../../../test/support/database.js'
import { ManualClock } from '../../kernel/clock.js'
import { IdentityRepository } from '../identity/identity.repository.js'
import { IdentityService } from '../identity/identity.service.js'
import { ChannelAccountAdminService } from './accounts/channel-account-admin.service.js'
import { ChannelError } from './channel.errors.js'
import type {
  AccountCheck,
  Channel,
  CloseOrderResult,
  OrderState,
  PlaceOrderResult,
  RefundState,
  StatementResult,
} from './channel.port.js'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountRepository } from './channel-account.repository.js'
import { ChannelAccountService } from './channel-account.service.js'
import { noteReceived } from './health/call-evidence.js'
import { ObservedChannel } from './health/channel.observer.js'
import { ChannelHealthRepository } from './health/channel-health.repository.js'
import { ChannelHealthService } from './health/channel-health.service.js'
import { ChannelWatchService } from './health/channel-watch.service.js'
import { ChannelIncidentRepository } from './incidents/channel-incident.repository.js'
import { ChannelIncidentService } from './incidents/channel-incident.service.js'
import { ChannelIncidentCleanJob } from './incidents/channel-incident-clean.job.js'
import { ChannelIncidentListService } from './incidents/channel-incident-list.service.js'
import { ChannelRouteRepository } from './routing/channel-route.repository.js'
import { ChannelRouteService } from './routing/channel-route.service.js'
import { ChannelRoutingService } from './routing/channel-routing.service.js'

/** A provider that says what a test makes it say. */
export class ScriptedProvider implements Channel {
  readonly code = 'wechatpay'
  readonly methods = ['native'] as const
  readonly checked: unknown[] = []
  check: AccountCheck = { kind: 'works' }
  /** What happens while a check is under way. */
  whileChecking: () => Promise<void> = async () => {}
  /** What comes over the network with the answer to an order. */
  sends: Buffer | null = null
  order: PlaceOrderResult = { kind: 'placed', next_action: { type: 'show_qr', code_url: 'x:y' } }
  state: OrderState = { kind: 'waiting' }
  refundState: RefundState = { kind: 'processing' }

  async checkAccount(account: { readonly settings: unknown }): Promise<AccountCheck> {
    this.checked.push(account.settings)
    await this.whileChecking()
    return this.check
  }
  async placeOrder(): Promise<PlaceOrderResult> {
    if (this.sends) noteReceived(this.sends)
    return this.order
  }
  queryOrder = async (): Promise<OrderState> => this.state
  closeOrder = async (): Promise<CloseOrderResult> => ({ kind: 'closed' })
  refund = async (): Promise<RefundState> => this.refundState
  queryRefund = async (): Promise<RefundState> => this.refundState
  fetchStatement = async (): Promise<StatementResult> => ({ kind: 'empty' })
  readNotification = (): never => {
    throw new ChannelError('notification_invalid', 'the signature is wrong')
  }
  acceptNotification = () => ({ status: 204, content_type: 'text/plain', body: '' })
  refuseNotification = () => ({ status: 400, content_type: 'text/plain', body: '' })
}

class ScriptedRegistry extends ChannelRegistry {
  constructor(
    private readonly provider: Channel,
    private readonly watch: ChannelWatchService,
  ) {
    super()
  }

  override of(): Channel {
    return new ObservedChannel(this.provider, this.watch)
  }
}

/** The module's services on a database of their own. Real: everything but the provider. */
export async function makeChannelFixture() {
  Logger.overrideLogger(false)
  const db = await createTestDatabase()
  const { database } = db
  const vault = createTestVault(database)
  const clock = new ManualClock(new Date('2026-12-01T00:00:00.000Z'))
  const provider = new ScriptedProvider()
  const tenant = await createTenant(database, vault)

  /** The services of one process, which remembers nothing of the others. */
  const process = () => {
    const rows = new ChannelAccountRepository(database)
    const identity = new IdentityService(new IdentityRepository(database), vault)
    const healthRows = new ChannelHealthRepository(database)
    const health = new ChannelHealthService(database, healthRows, rows, identity, clock)
    const incidentRows = new ChannelIncidentRepository(database)
    const incidents = new ChannelIncidentService(incidentRows, vault, clock)
    const watch = new ChannelWatchService(health, incidents)
    const registry = new ScriptedRegistry(provider, watch)
    const accounts = new ChannelAccountService(rows, registry, vault)
    const routeRows = new ChannelRouteRepository(database)
    const routing = new ChannelRoutingService(rows, routeRows, accounts, health, clock)
    const config = { simulatorOrigin: 'http://localhost:3100' }
    return {
      ...{ rows, health, incidents, registry, accounts, routing },
      admin: new ChannelAccountAdminService(rows, accounts, registry, health, config, clock),
      routes: new ChannelRouteService(routeRows, rows, routing, clock),
      incidentList: new ChannelIncidentListService(incidentRows, rows, vault),
      incidentClean: new ChannelIncidentCleanJob(incidentRows, clock),
    }
  }
  return { db, database, vault, clock, provider, tenant, process, ...process() }
}
export type ChannelFixture = Awaited<ReturnType<typeof makeChannelFixture>>
