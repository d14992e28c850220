import { Inject, Injectable } from '@nestjs/common'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { looksAfter, requireOwn, requireOwnDepartment } from '../accounts/channel-account-access.js'
import { ChannelError } from '../channel.errors.js'
import { ChannelAccountRepository } from '../channel-account.repository.js'
import { ChannelRouteRepository, ROUTES_MAX } from './channel-route.repository.js'
import {
  type ChannelRoute,
  type ChannelRouteListQuery,
  type CreateChannelRoute,
  type DeletedChannelRoute,
  toWireChannelRoute,
  type UpdateChannelRoute,
} from './channel-route.schema.js'
import type { ChannelRouteRow } from './channel-route.types.js'
import { ChannelRoutingService } from './channel-routing.service.js'

/** The rules by which payments find their account, as the finance office keeps them. */
@Injectable()
export class ChannelRouteService {
  constructor(
    private readonly routes: ChannelRouteRepository,
    private readonly accounts: ChannelAccountRepository,
    private readonly routing: ChannelRoutingService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ChannelError channel_account_not_found, channel_route_invalid, channel_limit_reached; IdentityError department_not_found */
  async create(caller: Caller, body: CreateChannelRoute): Promise<Reply<ChannelRoute>> {
    const id = idFor(caller, 'chr')
    const known = await this.routes.find(caller, id)
    if (known) return Reply.created(toWireChannelRoute(known))
    requireOwnDepartment(caller, body.department)
    if ((await this.routes.count(caller)) >= ROUTES_MAX) throw tooMany()
    const now = this.clock.now()
    const row: ChannelRouteRow = {
      ...{ institution_id: caller.institution_id, livemode: caller.livemode, id },
      account_id: body.account,
      position: body.position,
      weight: body.weight,
      department_id: body.department ?? null,
      fee_item_id: body.fee_item ?? null,
      amount_min: minorOf(body.amount_min),
      amount_max: minorOf(body.amount_max),
      methods: body.methods,
      metadata: body.metadata ?? {},
      created_at: now,
      updated_at: now,
    }
    await this.requireSound(caller, row)
    await this.routes.insert(row)
    this.routing.forget()
    return Reply.created(toWireChannelRoute(row))
  }

  /** @throws ChannelError channel_route_not_found */
  async get(caller: Caller, id: string): Promise<ChannelRoute> {
    return toWireChannelRoute(await this.require(caller, id))
  }

  async list(caller: Caller, query: ChannelRouteListQuery): Promise<WireList<ChannelRoute>> {
    const filter = { ...listFilterOf(query), account_id: query.account ?? null }
    const rows = await this.routes.list(caller, caller.department_id, filter)
    return toWireList(toPage(rows, filter.limit), toWireChannelRoute)
  }

  /** @throws ChannelError channel_route_not_found, channel_account_not_found, channel_route_invalid */
  async update(caller: Caller, id: string, body: UpdateChannelRoute): Promise<ChannelRoute> {
    const row = changedRoute(await this.require(caller, id), body, this.clock.now())
    await this.requireSound(caller, row)
    if (!(await this.routes.save(row))) throw notFound(id)
    this.routing.forget()
    return toWireChannelRoute(row)
  }

  /** @throws ChannelError channel_route_not_found */
  async delete(caller: Caller, id: string): Promise<DeletedChannelRoute> {
    await this.require(caller, id)
    await this.routes.delete(caller, id)
    this.routing.forget()
    return { id, object: 'channel_route', deleted: true }
  }

  private async requireSound(caller: Caller, row: ChannelRouteRow): Promise<void> {
    const { institution_id, livemode, account_id, department_id } = row
    const found = isId(account_id, 'cha')
      ? await this.accounts.find(institution_id, livemode, account_id)
      : null
    const account = requireOwn(caller, found, account_id)
    if (account.department_id !== null && account.department_id !== department_id) {
      throw invalid(
        '/department',
        `${account.id} collects for ${account.department_id} alone: the rule must name that department.`,
      )
    }
    if (row.amount_min !== null && row.amount_max !== null && row.amount_min > row.amount_max) {
      throw invalid('/amount_max', 'amount_max must not be below amount_min: nothing would match.')
    }
  }

  private async require(caller: Caller, id: string): Promise<ChannelRouteRow> {
    const row = isId(id, 'chr') ? await this.routes.find(caller, id) : null
    if (row && looksAfter(caller, row)) return row
    throw notFound(id)
  }
}

function changedRoute(row: ChannelRouteRow, body: UpdateChannelRoute, now: Date): ChannelRouteRow {
  const amount = (known: bigint | null, given: number | null | undefined) =>
    given === undefined ? known : minorOf(given)
  return {
    ...row,
    account_id: body.account ?? row.account_id,
    position: body.position ?? row.position,
    weight: body.weight ?? row.weight,
    fee_item_id: body.fee_item === undefined ? row.fee_item_id : body.fee_item,
    amount_min: amount(row.amount_min, body.amount_min),
    amount_max: amount(row.amount_max, body.amount_max),
    methods: body.methods ?? row.methods,
    metadata: body.metadata ?? row.metadata,
    updated_at: now,
  }
}

function minorOf(amount: number | null | undefined): bigint | null {
  return amount === undefined || amount === null ? null : BigInt(amount)
}

function notFound(id: string): ChannelError {
  return new ChannelError('channel_route_not_found', `No such route, or it is not yours: ${id}.`)
}

function invalid(pointer: string, detail: string): ChannelError {
  const code = 'channel_route_invalid'
  return new ChannelError(code, detail, { errors: [{ pointer, code, detail }] })
}

function tooMany(): ChannelError {
  return new ChannelError(
    'channel_limit_reached',
    `An institution has at most ${ROUTES_MAX} routes in each mode: delete one that is not needed.`,
  )
}
