import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { type Caller, idFor } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import type { PlatformErrorOptions } from '../../kernel/errors.js'
import { isId } from '../../kernel/id.js'
import { toPage } from '../../kernel/pagination.js'
import { IdentityService } from '../identity/identity.service.js'
import { FeeItemError, throwIfRefused } from './fee-item.errors.js'
import { FeeItemRepository } from './fee-item.repository.js'
import { refusalOfRules, refusalOfSplit } from './fee-item.rules.js'
import {
  type CreateFeeItem,
  type FeeItem,
  type FeeItemListQuery,
  toWireFeeItem,
  type UpdateFeeItem,
} from './fee-item.schema.js'
import type { FeeItemRow, RevenueShare } from './fee-item.types.js'
import { saysTheSame } from './same.rules.js'

const CURRENCY_DEFAULT = 'CNY'

@Injectable()
export class FeeItemService {
  constructor(
    private readonly database: Database,
    private readonly feeItems: FeeItemRepository,
    private readonly identity: IdentityService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws FeeItemError fee_item_conflict, fee_item_window_invalid, fee_item_partial_invalid,
   *   fee_item_split_invalid
   */
  async create(caller: Caller, body: CreateFeeItem): Promise<Reply<FeeItem>> {
    const known = await this.feeItems.findByCode(caller, body.code)
    if (known) return existing(known, body)
    const row = newFeeItem(caller, body, this.clock.now())
    throwIfRefused(refusalOfRules(row))
    await this.requireDepartments(caller, row.revenue_split)
    if (await this.feeItems.insert(row)) return Reply.created(toWireFeeItem(row))
    const winner = await this.feeItems.findByCode(caller, body.code)
    assert(winner, 'a fee item is refused as a duplicate only when its code is there')
    return existing(winner, body)
  }

  async get(caller: Caller, id: string): Promise<FeeItem> {
    return toWireFeeItem(await this.require(caller, id))
  }

  async list(caller: Caller, query: FeeItemListQuery): Promise<WireList<FeeItem>> {
    const { code = null, status = null } = query
    const filter = { ...listFilterOf(query), code, status }
    return toWireList(toPage(await this.feeItems.list(caller, filter), filter.limit), toWireFeeItem)
  }

  /**
   * A new split is for payments that are made from now on: those that are there keep theirs.
   * @throws FeeItemError fee_item_not_found, fee_item_window_invalid, fee_item_partial_invalid,
   *   fee_item_split_invalid
   */
  async update(caller: Caller, id: string, body: UpdateFeeItem): Promise<FeeItem> {
    await this.requireDepartments(caller, body.revenue_split ?? [])
    return this.database.transaction(async (tx) => {
      const row = isId(id, 'item') ? await this.feeItems.lock(tx, caller, id) : null
      if (!row) throw notFound(id)
      const changed = changedFeeItem(row, body, this.clock.now())
      throwIfRefused(refusalOfRules(changed))
      await this.feeItems.save(tx, changed)
      return toWireFeeItem(changed)
    })
  }

  private async requireDepartments(caller: Caller, split: readonly RevenueShare[]): Promise<void> {
    if (split.length === 0) return
    const wanted = split.map(({ department }) => department)
    const known = await this.identity.departmentsAmong(caller.institution_id, wanted)
    throwIfRefused(refusalOfSplit(split, known))
  }

  /** @throws FeeItemError fee_item_not_found */
  async require(caller: Caller, id: string, options?: PlatformErrorOptions): Promise<FeeItemRow> {
    const row = isId(id, 'item') ? await this.feeItems.find(caller, id) : null
    if (!row) throw notFound(id, options)
    return row
  }
}

function notFound(id: string, options?: PlatformErrorOptions): FeeItemError {
  return new FeeItemError(
    'fee_item_not_found',
    `No such fee item, or it is not yours: ${id}.`,
    options,
  )
}

function existing(row: FeeItemRow, body: CreateFeeItem): Reply<FeeItem> {
  const channels = body.channels && [...body.channels].sort()
  const known = { ...row, channels: [...row.channels].sort() }
  const { partial_payment, ...rest } = body
  const asked = { ...rest, ...momentsOf(body), ...partsOf(partial_payment), channels }
  if (saysTheSame(known, asked)) {
    return Reply.existing(toWireFeeItem(row))
  }
  throw new FeeItemError(
    'fee_item_conflict',
    `Code ${body.code} is fee item ${row.id}, with other parameters. ` +
      `Use another code, or update it with POST /v1/fee_items/${row.id}.`,
  )
}

const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

const momentsOf = (body: Pick<CreateFeeItem, 'window_starts_at' | 'window_ends_at'>) => ({
  window_starts_at: dateOf(body.window_starts_at),
  window_ends_at: dateOf(body.window_ends_at),
})

const partsOf = (rules: CreateFeeItem['partial_payment']) => ({
  partial_payment_allowed: rules?.allowed,
  partial_payment_minimum: rules?.minimum,
})

function newFeeItem(caller: Caller, body: CreateFeeItem, now: Date) {
  const { institution_id, livemode, app_id, department_id } = caller
  return {
    institution_id,
    livemode,
    id: idFor(caller, 'item'),
    app_id,
    department_id,
    code: body.code,
    name: body.name,
    kind: body.kind,
    academic_year: body.academic_year ?? null,
    term: body.term ?? null,
    currency: body.currency ?? CURRENCY_DEFAULT,
    window_starts_at: dateOf(body.window_starts_at) ?? null,
    window_ends_at: dateOf(body.window_ends_at) ?? null,
    status: 'open',
    partial_payment_allowed: body.partial_payment?.allowed ?? false,
    partial_payment_minimum: BigInt(body.partial_payment?.minimum ?? 0),
    accounting_code: body.accounting_code ?? null,
    channels: body.channels ?? [],
    revenue_split: body.revenue_split ?? [],
    metadata: body.metadata ?? {},
    created_at: now,
    updated_at: now,
  }
}

/** Lays the given fields over the row; null clears. */
function changedFeeItem(row: FeeItemRow, body: UpdateFeeItem, now: Date): FeeItemRow {
  const moment = (known: Date | null, given: string | null | undefined) =>
    given === undefined ? known : given === null ? null : new Date(given)
  const parts = body.partial_payment
  const allowed = parts?.allowed ?? row.partial_payment_allowed
  // Forbidding partial payment takes the old minimum with it.
  const minimum =
    parts?.minimum === undefined && allowed
      ? row.partial_payment_minimum
      : BigInt(parts?.minimum ?? 0)
  return {
    ...row,
    name: body.name ?? row.name,
    status: body.status ?? row.status,
    window_starts_at: moment(row.window_starts_at, body.window_starts_at),
    window_ends_at: moment(row.window_ends_at, body.window_ends_at),
    partial_payment_allowed: allowed,
    partial_payment_minimum: minimum,
    channels: body.channels ?? row.channels,
    revenue_split: body.revenue_split ?? row.revenue_split,
    metadata: body.metadata ?? row.metadata,
    updated_at: now,
  }
}
