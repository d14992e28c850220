import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'
import type { Tenant } from '../../../infra/http/caller.js'
import { type ListFilter, listConditions } from '../../../infra/http/wire.schema.js'
import type { ChannelRouteRow } from './channel-route.types.js'

/** Every rule is looked at for every order. */
export const ROUTES_MAX = 200

@Injectable()
export class ChannelRouteRepository {
  constructor(private readonly database: Database) {}

  /** False when the id is there already. */
  async insert(row: ChannelRouteRow): Promise<boolean> {
    const { count } = await this.database.prisma.channel_route.createMany({
      data: [{ ...row, methods: [...row.methods], metadata: row.metadata ?? {} }],
      skipDuplicates: true,
    })
    return count === 1
  }

  async save(row: ChannelRouteRow): Promise<boolean> {
    const { institution_id, livemode, id, methods, metadata, ...rest } = row
    const { count } = await this.database.prisma.channel_route.updateMany({
      where: { institution_id, livemode, id },
      data: { ...rest, methods: [...methods], metadata: metadata ?? {} },
    })
    return count === 1
  }

  async delete(tenant: Tenant, id: string): Promise<boolean> {
    const { institution_id, livemode } = tenant
    const { count } = await this.database.prisma.channel_route.deleteMany({
      where: { institution_id, livemode, id },
    })
    return count === 1
  }

  find(tenant: Tenant, id: string): Promise<ChannelRouteRow | null> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.channel_route.findFirst({ where: { institution_id, livemode, id } })
  }

  count(tenant: Tenant): Promise<number> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.channel_route.count({ where: { institution_id, livemode } })
  }

  /** All of them, for choosing. */
  findAll(tenant: Tenant): Promise<ChannelRouteRow[]> {
    const { institution_id, livemode } = tenant
    return this.database.prisma.channel_route.findMany({
      where: { institution_id, livemode },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
      take: ROUTES_MAX,
    })
  }

  /** Of the whole institution and of one department. */
  list(
    tenant: Tenant,
    departmentId: string,
    filter: ListFilter & { readonly account_id: string | null },
  ): Promise<ChannelRouteRow[]> {
    const { institution_id, livemode } = tenant
    const { where, orderBy, take } = listConditions(filter)
    return this.database.prisma.channel_route.findMany({
      where: {
        institution_id,
        livemode,
        OR: [{ department_id: null }, { department_id: departmentId }],
        ...(filter.account_id ? { account_id: filter.account_id } : {}),
        ...where,
      },
      orderBy,
      take,
    })
  }
}
