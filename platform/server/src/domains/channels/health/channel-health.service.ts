import { Inject, Injectable, Logger } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { appendEvents } from '../../../infra/outbox/event.js'
import { CLOCK } from '../../../infra/tokens.js'
import { type Clock, systemClock } from '../../../kernel/clock.js'
import { IdentityService } from '../../identity/identity.service.js'
import { toWireChannelAccount } from '../accounts/channel-account.schema.js'
import type { ChannelAccount } from '../channel.port.js'
import { ChannelAccountRepository } from '../channel-account.repository.js'
import { ExpiringCache } from '../expiring-cache.js'
import { admissionOf, type BreakerTrigger, movedBreaker } from './channel-breaker.state.js'
import { ChannelHealthRepository } from './channel-health.repository.js'
import type { ChannelHealthRow } from './channel-health.types.js'
import { type CallKind, FaultWindow } from './fault-window.js'

/** What one process opens, the others know within this time. */
const CACHE_LIFETIME_MS = 2_000
const WINDOWS_MAX = 5_000
const ERROR_LENGTH_MAX = 300

type AccountRef = Pick<ChannelAccount, 'institution_id' | 'livemode' | 'id'>

/**
 * The circuit breakers of all accounts. Calls are counted in this process; only a move is written, so a
 * healthy account costs nothing. The row in the database is what everybody goes by.
 */
@Injectable()
export class ChannelHealthService {
  private readonly logger = new Logger('ChannelHealth')
  private readonly windows = new Map<string, FaultWindow>()
  // How long something is remembered is real time, also where a test moves the clock.
  private readonly rows = new ExpiringCache<Map<string, ChannelHealthRow>>(
    systemClock,
    CACHE_LIFETIME_MS,
  )
  /** What this process knows of accounts that are unwell; others are closed. */
  private readonly unwell = new Map<string, ChannelHealthRow>()

  constructor(
    private readonly database: Database,
    private readonly repository: ChannelHealthRepository,
    private readonly accounts: ChannelAccountRepository,
    private readonly identity: IdentityService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** By account, of those that were ever unwell; at most two seconds old. */
  async of(tenant: Tenant): Promise<ReadonlyMap<string, ChannelHealthRow>> {
    const known = await this.rows.get(`${tenant.institution_id} ${tenant.livemode}`, async () => {
      const rows = await this.repository.findAll(tenant)
      for (const row of rows) this.remember(row)
      return new Map(rows.map((row) => [row.account_id, row]))
    })
    return known ?? new Map()
  }

  /** As it is now, for people. */
  find(tenant: Tenant, accountId: string): Promise<ChannelHealthRow | null> {
    return this.repository.find(tenant, accountId)
  }

  /** Gets hold of the one order that an open breaker lets through. False: another one has it. */
  async admit(account: AccountRef): Promise<boolean> {
    const row = await this.repository.find(account, account.id)
    if (!row || row.state === 'closed') return true
    if (admissionOf(row, this.clock.now()) === 'avoid') return false
    return this.move(account, 'admitted', row.last_error, row)
  }

  /** Notes how a call ended: with a readable answer, or with a fault. Never throws. */
  async report(account: AccountRef, kind: CallKind, fault: string | null): Promise<void> {
    const isTripped = this.windowOf(account.id).note(
      kind,
      fault !== null,
      this.clock.now().getTime(),
    )
    const isUnwell = this.unwell.has(account.id)
    const trigger = triggerOf(kind, fault, isTripped, isUnwell)
    if (!trigger) return
    // Whether or not it moves something: enough was heard of these.
    if (isTripped) this.windowOf(account.id).clear()
    await this.moveQuietly(account, trigger, fault)
  }

  /** A person tried the account and it worked: the next order may try. */
  async checked(account: AccountRef): Promise<void> {
    await this.moveQuietly(account, 'checked', null)
  }

  private async moveQuietly(
    account: AccountRef,
    trigger: BreakerTrigger,
    fault: string | null,
  ): Promise<void> {
    try {
      const row = await this.repository.find(account, account.id)
      await this.move(account, trigger, fault ?? row?.last_error ?? '', row)
    } catch (error) {
      // What the channel said matters more than what we think of its health.
      this.logger.error({ err: error, account: account.id }, 'the health could not be recorded')
    }
  }

  /** True when this process made the move. */
  private async move(
    account: AccountRef,
    trigger: BreakerTrigger,
    lastError: string,
    seen: ChannelHealthRow | null,
  ): Promise<boolean> {
    const now = this.clock.now()
    const moved = movedBreaker(seen, trigger, now)
    if (!moved) {
      if (seen) this.remember(seen)
      return false
    }
    const { institution_id, livemode, id: account_id } = account
    const isFault = trigger === 'tripped' || trigger === 'order_failed'
    const row: ChannelHealthRow = {
      ...{ institution_id, livemode, account_id, ...moved },
      last_error: lastError.slice(0, ERROR_LENGTH_MAX),
      last_error_at: isFault ? now : (seen?.last_error_at ?? now),
    }
    const isMine = await this.save(row, seen)
    this.rows.clear()
    if (!isMine) return false
    this.remember(row)
    this.windowOf(account_id).clear()
    return true
  }

  /** The move, and what it means to the apps that look after the account: one commit. */
  private save(row: ChannelHealthRow, seen: ChannelHealthRow | null): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if (!(await this.repository.save(tx, row, seen))) return false
      const type = eventOf(seen?.state ?? 'closed', row.state)
      if (!type) return true
      const { institution_id, livemode, account_id, state, last_error } = row
      this.logger.warn(
        { account: account_id, state, last_error },
        'the health of an account changed',
      )
      const account = await this.accounts.find(institution_id, livemode, account_id, tx)
      if (!account) return true
      const apps = await this.identity.appsWith(
        { institution_id, department_id: account.department_id, scope: 'channel_accounts:read' },
        tx,
      )
      const object = toWireChannelAccount(account, row)
      await appendEvents(
        tx,
        apps.map((app) => ({ institution_id, livemode, type, object, ...app })),
      )
      return true
    })
  }

  private remember(row: ChannelHealthRow): void {
    if (row.state === 'closed') this.unwell.delete(row.account_id)
    else this.unwell.set(row.account_id, row)
  }

  private windowOf(accountId: string): FaultWindow {
    const known = this.windows.get(accountId)
    if (known) return known
    // Counting anew is cheaper than keeping the order of use of so many.
    if (this.windows.size >= WINDOWS_MAX) this.windows.clear()
    const window = new FaultWindow()
    this.windows.set(accountId, window)
    return window
  }
}

function triggerOf(
  kind: CallKind,
  fault: string | null,
  isTripped: boolean,
  isUnwell: boolean,
): BreakerTrigger | null {
  // What this process believes may be old: the row decides whether the breaker opens, or is open.
  if (!isUnwell || kind === 'other') return isTripped ? 'tripped' : null
  return fault === null ? 'order_answered' : 'order_failed'
}

function eventOf(before: string, after: string): string | null {
  if (before === 'closed' && after === 'open') return 'channel_account.unhealthy'
  return after === 'closed' ? 'channel_account.recovered' : null
}
