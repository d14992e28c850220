import { Injectable } from '@nestjs/common'
import { Database, type SqlReader } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../infra/http/wire.schema.js'
import type { ChannelAccountRow } from './accounts/channel-account.types.js'
import type { ChannelCode } from './channel.port.js'

/** How many accounts an institution has in one mode at most: all of them are read when one is chosen. */
export const ACCOUNTS_MAX = 200

/** In test mode, of the apps with clocks of their own together. */
const CLOCKED_ACCOUNTS_MAX = 1_000

type RoutableRow = Pick<ChannelAccountRow, 'id' | 'channel' | 'department_id' | 'app_id' | 'status'>

export interface ChannelAccountFilter extends ListFilter {
  readonly channel: string | null
  readonly status: string | null
  readonly department_id: string | null
}

@Injectable()
export class ChannelAccountRepository {
  constructor(private readonly database: Database) {}

  /** False when the id is there already. */
  async insert(row: ChannelAccountRow): Promise<boolean> {
    const rows = await this.database.query(
      `insert into channel_accounts (institution_id, livemode, id, department_id, channel, name,
         merchant_id, settings, view, status, check_result, check_message, checked_at, metadata,
         created_at, updated_at, app_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)
       on conflict do nothing returning id`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        row.department_id,
        row.channel,
        row.name,
        row.merchant_id,
        Buffer.from(row.settings),
        jsonOrNull(row.view),
        row.status,
        row.check_result,
        row.check_message,
        row.checked_at,
        JSON.stringify(row.metadata),
        row.created_at,
        row.app_id,
      ],
    )
    return rows.length === 1
  }

  /** What may change of an account, unless its settings were changed since `seen` was read. */
  async save(row: ChannelAccountRow, seen: Pick<ChannelAccountRow, 'settings'>): Promise<boolean> {
    const rows = await this.database.query(
      `update channel_accounts
          set name = $5, settings = $6, view = $7, status = $8, check_result = $9,
              check_message = $10, checked_at = $11, metadata = $12, updated_at = $13
        where institution_id = $1 and livemode = $2 and id = $3 and settings = $4
        returning id`,
      [
        row.institution_id,
        row.livemode,
        row.id,
        Buffer.from(seen.settings),
        row.name,
        Buffer.from(row.settings),
        jsonOrNull(row.view),
        row.status,
        row.check_result,
        row.check_message,
        row.checked_at,
        JSON.stringify(row.metadata),
        row.updated_at,
      ],
    )
    return rows.length === 1
  }

  list(tenant: Tenant, seenBy: string, filter: ChannelAccountFilter): Promise<ChannelAccountRow[]> {
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.channel_account.findMany({
      where: {
        institution_id: tenant.institution_id,
        livemode: tenant.livemode,
        ...(filter.channel ? { channel: filter.channel } : {}),
        ...(filter.status ? { status: filter.status } : {}),
        OR: filter.department_id
          ? [{ department_id: filter.department_id === seenBy ? seenBy : '' }]
          : [{ department_id: null }, { department_id: seenBy }],
        ...where,
      },
      orderBy,
      take,
    })
  }

  count(tenant: Tenant): Promise<number> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.channel_account.count({
      where: { institution_id, livemode, app_id: null },
    })
  }

  /** All of them, without what is sealed: for choosing among them. Apps with clocks crowd nobody out. */
  async findRoutable(tenant: Tenant): Promise<RoutableRow[]> {
    const { institution_id, livemode } = tenant
    const find = (where: object, take: number) =>
      this.database.prisma.channel_account.findMany({
        where: { institution_id, livemode, ...where },
        select: { id: true, channel: true, department_id: true, app_id: true, status: true },
        orderBy: { id: 'desc' },
        take,
      })
    const shared = await find({ app_id: null }, ACCOUNTS_MAX)
    if (livemode) return shared
    const clocked = { app_id: { not: null }, status: { not: 'disabled' } }
    return [...(await find(clocked, CLOCKED_ACCOUNTS_MAX)), ...shared]
  }

  /** The newest active one, so that a new account takes over from the moment it is created. */
  findActive(
    institutionId: string,
    livemode: boolean,
    channel: ChannelCode,
    appId: string | null = null,
  ): Promise<ChannelAccountRow | null> {
    const status = { in: ['active', 'unverified'] }
    return this.database.prisma.channel_account.findFirst({
      where: {
        ...{ institution_id: institutionId, livemode, channel, status },
        ...{ department_id: null, app_id: appId },
      },
      orderBy: { id: 'desc' },
    })
  }

  /** What an app with a clock of its own has at the providers, also what is disabled. */
  findOfApp(tenant: Tenant, appId: string): Promise<ChannelAccountRow[]> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.channel_account.findMany({
      where: { institution_id, livemode, app_id: appId },
      orderBy: { id: 'asc' },
      take: ACCOUNTS_MAX,
    })
  }

  /** Its accounts take new orders, or no more. */
  async setStatusOfApp(tenant: Tenant, appId: string, status: string, now: Date): Promise<void> {
    await this.database.query(
      `update channel_accounts set status = $4, updated_at = $5
        where institution_id = $1 and livemode = $2 and app_id = $3`,
      [tenant.institution_id, tenant.livemode, appId, status, now],
    )
  }

  async find(
    institutionId: string,
    livemode: boolean,
    id: string,
    reader: SqlReader = this.database,
  ): Promise<ChannelAccountRow | null> {
    const [row] = await reader.query<ChannelAccountRow>(
      'select * from channel_accounts where institution_id = $1 and livemode = $2 and id = $3',
      [institutionId, livemode, id],
    )
    return row ?? null
  }

  /** Without its institution, which a provider's notification doesn't know. Ids are unique anyway. */
  findById(id: string): Promise<ChannelAccountRow | null> {
    return this.database.prisma.channel_account.findFirst({ where: { id } })
  }
}

const jsonOrNull = (value: unknown) =>
  value === null || value === undefined ? null : JSON.stringify(value)
