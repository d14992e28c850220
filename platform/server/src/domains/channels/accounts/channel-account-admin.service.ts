import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../../infra/config/config.js'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { ChannelError } from '../channel.errors.js'
import type { ChannelAccount as UsableAccount } from '../channel.port.js'
import { ChannelRegistry } from '../channel.registry.js'
import { ACCOUNTS_MAX, ChannelAccountRepository } from '../channel-account.repository.js'
import { ChannelAccountService } from '../channel-account.service.js'
import { ChannelHealthService } from '../health/channel-health.service.js'
import {
  addressProblems,
  mergedSettings,
  NOT_CHECKED,
  outcomeOf,
  statusOf,
} from './channel-account.rules.js'
import {
  type ChannelAccount,
  type ChannelAccountListQuery,
  type CreateChannelAccount,
  toWireChannelAccount,
  type UpdateChannelAccount,
} from './channel-account.schema.js'
import type { ChannelAccountRow, CheckOutcome } from './channel-account.types.js'
import { accountNotFound, requireOwn, requireOwnDepartment } from './channel-account-access.js'

/** Merchant accounts as the finance office keeps them. No call to a provider is made with a transaction open. */
@Injectable()
export class ChannelAccountAdminService {
  constructor(
    private readonly rows: ChannelAccountRepository,
    private readonly accounts: ChannelAccountService,
    private readonly registry: ChannelRegistry,
    private readonly health: ChannelHealthService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'simulatorOrigin'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws ChannelError channel_settings_invalid, channel_account_refused, channel_limit_reached
   * @throws IdentityError department_not_found
   */
  async create(caller: Caller, body: CreateChannelAccount): Promise<Reply<ChannelAccount>> {
    const id = idFor(caller, 'cha')
    // A call that died after it had saved the account is repeated under the same id.
    const known = await this.rows.find(caller.institution_id, caller.livemode, id)
    if (known) return Reply.created(await this.shown(known))
    requireOwnDepartment(caller, body.department)
    if ((await this.rows.count(caller)) >= ACCOUNTS_MAX) throw tooMany()
    const account = this.drafted(caller, id, body, body.settings)
    const outcome = await this.tried(account, body.check ?? true)
    const now = this.clock.now()
    const row: ChannelAccountRow = {
      ...{ institution_id: caller.institution_id, livemode: caller.livemode, id },
      department_id: body.department ?? null,
      app_id: null,
      channel: body.channel,
      name: body.name,
      merchant_id: body.merchant_id,
      ...(await this.accounts.sealed(account)),
      status: statusOf(outcome.check_result),
      ...outcome,
      metadata: body.metadata ?? {},
      created_at: now,
      updated_at: now,
    }
    await this.rows.insert(row)
    this.accounts.forget()
    return Reply.created(await this.shown(row))
  }

  /** @throws ChannelError channel_account_not_found */
  async get(caller: Caller, id: string): Promise<ChannelAccount> {
    return this.shown(await this.require(caller, id))
  }

  async list(caller: Caller, query: ChannelAccountListQuery): Promise<WireList<ChannelAccount>> {
    const { channel = null, status = null, department = null } = query
    const filter = { ...listFilterOf(query), channel, status, department_id: department }
    const page = toPage(await this.rows.list(caller, caller.department_id, filter), filter.limit)
    const health = await this.health.of(caller)
    return toWireList(page, (row) => toWireChannelAccount(row, health.get(row.id) ?? null))
  }

  /**
   * New settings are tried before they take the place of the old ones; a refusal changes nothing.
   * @throws ChannelError channel_account_not_found, channel_settings_invalid, channel_account_refused,
   *   channel_account_conflict
   */
  async update(caller: Caller, id: string, body: UpdateChannelAccount): Promise<ChannelAccount> {
    const row = await this.require(caller, id)
    const named = { name: body.name ?? row.name, metadata: body.metadata ?? row.metadata }
    if (!body.settings) return this.save({ ...row, ...named }, row)
    const merged = mergedSettings(await this.accounts.settingsOf(row), body.settings)
    const account = this.drafted(caller, id, row, merged)
    const outcome = await this.tried(account, body.check ?? true)
    const sealed = await this.accounts.sealed(account)
    const changed = await this.save(this.judged({ ...row, ...named, ...sealed }, outcome), row)
    if (outcome.check_result === 'works') await this.health.checked(account)
    return changed
  }

  /**
   * “Try this account.” What the provider says is noted, also a refusal: no payment goes there then.
   * @throws ChannelError channel_account_not_found, channel_account_unusable, channel_account_conflict
   */
  async check(caller: Caller, id: string): Promise<ChannelAccount> {
    const row = await this.require(caller, id)
    const account = await this.accounts.opened(row)
    const said = await this.registry.of(account.channel).checkAccount(account)
    await this.save(this.judged(row, outcomeOf(said, this.clock.now())), row)
    if (said.kind === 'works') await this.health.checked(account)
    return this.get(caller, id)
  }

  /** It takes no new orders; those under way go on. @throws ChannelError channel_account_not_found */
  async disable(caller: Caller, id: string): Promise<ChannelAccount> {
    const row = await this.require(caller, id)
    return row.status === 'disabled'
      ? this.shown(row)
      : this.save({ ...row, status: 'disabled' }, row)
  }

  /** As it was before. @throws ChannelError channel_account_not_found */
  async enable(caller: Caller, id: string): Promise<ChannelAccount> {
    const row = await this.require(caller, id)
    if (row.status !== 'disabled') return this.shown(row)
    return this.save({ ...row, status: statusOf(lastResultOf(row)) }, row)
  }

  private judged(row: ChannelAccountRow, outcome: CheckOutcome): ChannelAccountRow {
    const isDisabled = row.status === 'disabled'
    const status = isDisabled ? row.status : statusOf(outcome.check_result)
    return { ...row, ...outcome, status }
  }

  private async save(row: ChannelAccountRow, seen: ChannelAccountRow): Promise<ChannelAccount> {
    const saved = { ...row, updated_at: this.clock.now() }
    if (!(await this.rows.save(saved, seen))) {
      throw new ChannelError(
        'channel_account_conflict',
        'Somebody else changed the account a moment ago. Look at it and try again.',
        { retryAfterSeconds: 1 },
      )
    }
    this.accounts.forget()
    return this.shown(saved)
  }

  /** Settings that fit the channel and lead to a provider. @throws ChannelError channel_settings_invalid */
  private drafted(
    caller: Caller,
    id: string,
    { channel: code, merchant_id, name }: { channel: string; merchant_id: string; name: string },
    given: Readonly<Record<string, unknown>>,
  ): UsableAccount {
    const channel = this.registry.parseCode(code)
    const settings = this.registry.parseSettings(channel, given, name, 'channel_settings_invalid')
    const { institution_id, livemode } = caller
    const { simulatorOrigin } = this.config
    const errors = addressProblems(given, { livemode, simulatorOrigin })
    if (errors.length === 0) return { institution_id, livemode, id, channel, merchant_id, settings }
    const detail = errors.map((error) => `${error.pointer} ${error.detail}`).join('; ')
    throw new ChannelError('channel_settings_invalid', `Correct these settings: ${detail}.`, {
      errors,
    })
  }

  /** @throws ChannelError channel_account_refused */
  private async tried(account: UsableAccount, isWanted: boolean): Promise<CheckOutcome> {
    if (!isWanted) return NOT_CHECKED
    const said = await this.registry.of(account.channel).checkAccount(account)
    if (said.kind !== 'refused') return outcomeOf(said, this.clock.now())
    throw new ChannelError(
      'channel_account_refused',
      `The provider does not accept these settings, and nothing was saved. It says: ${said.message} (${said.code}).`,
      {
        errors: [{ pointer: '/settings', code: 'channel_account_refused', detail: said.message }],
      },
    )
  }

  private async require(caller: Caller, id: string): Promise<ChannelAccountRow> {
    if (!isId(id, 'cha')) throw accountNotFound(id)
    const row = await this.rows.find(caller.institution_id, caller.livemode, id)
    return requireOwn(caller, row, id)
  }

  private async shown(row: ChannelAccountRow): Promise<ChannelAccount> {
    return toWireChannelAccount(row, await this.health.find(row, row.id))
  }
}

function lastResultOf(row: ChannelAccountRow): CheckOutcome['check_result'] {
  switch (row.check_result) {
    case 'works':
    case 'refused':
    case 'unknown':
      return row.check_result
    default:
      return null
  }
}

function tooMany(): ChannelError {
  return new ChannelError(
    'channel_limit_reached',
    `An institution has at most ${ACCOUNTS_MAX} channel accounts in each mode.`,
  )
}
