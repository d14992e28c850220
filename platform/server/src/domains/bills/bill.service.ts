import { Inject, Injectable } from '@nestjs/common'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { Database, type Transaction } from '../../infra/database/database.js'
import { type Caller, idFor, shownTo, type Tenant } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { tableFilterOf } from '../../infra/http/table-filter.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { toPage } from '../../kernel/pagination.js'
import { PayerService } from '../payers/payer.service.js'
import { BillError, throwIfRefused } from './bill.errors.js'
import { billEvent } from './bill.events.js'
import { BillRepository } from './bill.repository.js'
import {
  amountDue,
  refusalOfNewBill,
  refusalToCollect,
  refusalToExtend,
  refusalToVoid,
} from './bill.rules.js'
import {
  type Bill,
  type BillListQuery,
  type CreateBill,
  toWireBill,
  type UpdateBill,
} from './bill.schema.js'
import { moveOf } from './bill.state.js'
import type { BillChannels, BillItem, BillRow, CheckoutBill, ReservedBill } from './bill.types.js'
import { BillCollectionRepository } from './bill-collection.repository.js'
import { changedBill, collectable, createdAs, newBill, newExpiryOf } from './bill-record.rules.js'
import { throwIfRefused as throwIfFeeItemRefused } from './fee-item.errors.js'
import { refusalToBill } from './fee-item.rules.js'
import { RevenueSplit } from './fee-item.schema.js'
import { FeeItemService } from './fee-item.service.js'
import { saysTheSame } from './same.rules.js'

/** What is owed. Everything about a bill's money runs inside the payment's own transaction. */
@Injectable()
export class BillService {
  constructor(
    private readonly database: Database,
    private readonly bills: BillRepository,
    private readonly collection: BillCollectionRepository,
    private readonly feeItems: FeeItemService,
    private readonly payers: PayerService,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws BillError bill_conflict, bill_currency_mismatch, bill_lines_mismatch, bill_expiry_invalid
   * @throws FeeItemError fee_item_not_found, fee_item_stopped, fee_item_closed
   * @throws PayerError payer_not_found
   */
  async create(caller: Caller, body: CreateBill): Promise<Reply<Bill>> {
    // First of all: a bill that was made stays made, also when its fee item has been closed since.
    const known = await this.bills.findByOutBillNo(caller, body.out_bill_no)
    if (known) return existing(known, body)
    const row = await this.draft(caller, body)
    const isNew = await this.database.transaction(async (tx) => {
      if (!(await this.bills.insert(tx, row))) return false
      await appendEvents(tx, [billEvent('bill.created', row, caller.api_version)])
      return true
    })
    if (isNew) return Reply.created(toWireBill(row))
    const winner = await this.bills.findByOutBillNo(caller, body.out_bill_no)
    assert(winner, 'a bill is refused as a duplicate only when its out_bill_no is there')
    return existing(winner, body)
  }

  /** @throws BillError bill_not_found */
  async get(caller: Caller, id: string): Promise<Bill> {
    const row = isId(id, 'bill') ? await this.bills.find(caller, id) : null
    if (!row) throw notFound(id)
    return shownTo(caller, toWireBill(row))
  }

  async list(caller: Caller, query: BillListQuery): Promise<WireList<Bill>> {
    const filter = {
      ...listFilterOf(query),
      payer_id: query.payer ?? null,
      fee_item_id: query.fee_item ?? null,
      status: query.status ?? null,
      out_bill_no: query.out_bill_no ?? null,
      ...tableFilterOf(query),
    }
    const page = toPage(await this.bills.list(caller, filter), filter.limit)
    return toWireList(page, (row) => shownTo(caller, toWireBill(row)))
  }

  /**
   * Moves the expiry, which reopens an expired bill, or replaces the metadata. A call that changes
   * nothing writes nothing, so it is safe to repeat.
   * @throws BillError bill_not_found, bill_not_extendable, bill_expiry_invalid
   */
  update(caller: Caller, id: string, body: UpdateBill): Promise<Bill> {
    return this.database.transaction(async (tx) => {
      const row = isId(id, 'bill') ? await this.bills.lock(tx, caller, id) : null
      if (!row) throw notFound(id)
      const expires_at = newExpiryOf(row, body)
      if (expires_at === undefined && saysTheSame({ ...row }, { metadata: body.metadata })) {
        return toWireBill(row)
      }
      const now = this.clock.now()
      if (expires_at !== undefined) throwIfRefused(refusalToExtend(row, expires_at, now))
      const changed = changedBill(row, { metadata: body.metadata, expires_at }, now)
      await this.bills.save(tx, changed)
      await appendEvents(tx, [billEvent('bill.updated', changed, caller.api_version)])
      return toWireBill(changed)
    })
  }

  /**
   * Voiding a void bill gives it back as it is, so the call is safe to repeat.
   * @throws BillError bill_not_found, bill_not_voidable, bill_being_paid
   */
  void(caller: Caller, id: string): Promise<Bill> {
    return this.database.transaction(async (tx) => {
      const row = isId(id, 'bill') ? await this.bills.lock(tx, caller, id) : null
      if (!row) throw notFound(id)
      const { to } = moveOf('voided')
      if (row.status === to) return toWireBill(row)
      throwIfRefused(refusalToVoid(row))
      const voided = { ...row, status: to, updated_at: this.clock.now() }
      await this.bills.save(tx, voided)
      await appendEvents(tx, [billEvent('bill.voided', voided, caller.api_version)])
      return toWireBill(voided)
    })
  }

  /** The bills of these ids, for the cashier; a missing one is left out. */
  find(tenant: Tenant, ids: readonly string[]): Promise<BillRow[]> {
    return this.bills.findMany(tenant, ids)
  }

  /** Through which channels these bills may be paid. */
  async channelsOf(tenant: Tenant, ids: readonly string[]): Promise<BillChannels[]> {
    return ids.length === 0 ? [] : this.bills.channelsOf(tenant, ids)
  }

  /**
   * Looks whether the caller's bills could be collected, without holding anything: what another payment
   * holds may be free again when this checkout is paid. An amount that is left out is all that is due.
   * @throws BillError bill_not_found, bill_repeated, bill_not_payable, bill_overpaid,
   *   bill_partial_not_allowed, bill_below_minimum
   */
  async forCheckout(
    caller: Caller,
    items: readonly { readonly bill_id: string; readonly amount?: bigint | undefined }[],
  ): Promise<CheckoutBill[]> {
    const ids = items.map((item) => item.bill_id)
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
    if (repeated !== undefined) {
      throw new BillError('bill_repeated', `Bill ${repeated} is there twice: name each bill once.`)
    }
    const rows = await this.bills.findForCheckout(
      caller,
      ids.filter((id) => isId(id, 'bill')),
    )
    const now = this.clock.now()
    return items.map((item) => {
      const row = rows.find((candidate) => candidate.id === item.bill_id)
      if (!row) throw notFound(item.bill_id)
      const amount_due = amountDue(row)
      const amount = item.amount ?? amount_due
      const free = { ...row, amount_reserved: 0n }
      throwIfRefused(refusalToCollect(free, row.fee_item, amount, now))
      return { ...collectable(row, amount, row.fee_item.channels), amount_due }
    })
  }

  /**
   * Holds the amounts for a payment that begins. Call it in the payment's transaction: when it throws,
   * roll back. Answers in the order of the bills' ids.
   * @throws BillError bill_not_found, bill_not_payable, bill_overpaid, bill_partial_not_allowed,
   *   bill_below_minimum
   */
  async reserve(
    tx: Transaction,
    tenant: Tenant,
    items: readonly BillItem[],
  ): Promise<ReservedBill[]> {
    if (items.length === 0) return []
    assertReasonable(items)
    const now = this.clock.now()
    const rows = await this.collection.lock(tx, tenant, items)
    const missing = items.find((item) => !rows.some((row) => row.id === item.bill_id))
    if (missing) throw notFound(missing.bill_id)
    const reserved = rows.map((row) => {
      const amount = items.find((item) => item.bill_id === row.id)?.amount ?? 0n
      throwIfRefused(refusalToCollect(row, row, amount, now))
      const revenue_split = RevenueSplit.parse(row.revenue_split)
      return { ...collectable(row, amount, row.channels), revenue_split }
    })
    await this.collection.reserve(tx, tenant, items)
    return reserved
  }

  /** Frees what `reserve` held: the payment failed or was closed. */
  async release(tx: Transaction, tenant: Tenant, items: readonly BillItem[]): Promise<void> {
    if (items.length === 0) return
    assertReasonable(items)
    const released = await this.collection.release(tx, tenant, items)
    assert(released.length === items.length, `not all held that should be freed: ${idsOf(items)}`)
  }

  /** Turns what `reserve` held into money paid: the payment succeeded. */
  async settle(
    tx: Transaction,
    tenant: Tenant,
    items: readonly BillItem[],
    apiVersion: string,
  ): Promise<void> {
    if (items.length === 0) return
    assertReasonable(items)
    const rows = await this.collection.settle(tx, tenant, items, this.clock.now())
    assert(rows.length === items.length, `not all held that should be settled: ${idsOf(items)}`)
    const isPaid = (row: BillRow) => row.status === moveOf('fully_settled').to
    const typeOf = (row: BillRow) => (isPaid(row) ? 'bill.paid' : 'bill.partially_paid')
    await appendEvents(
      tx,
      rows.map((row) => billEvent(typeOf(row), row, apiVersion)),
    )
  }

  /** Notes what a refund gave back. The bill keeps its status; its amount_due grows. */
  async refund(
    tx: Transaction,
    tenant: Tenant,
    items: readonly BillItem[],
    apiVersion: string,
  ): Promise<void> {
    if (items.length === 0) return
    assertReasonable(items)
    const rows = await this.collection.refund(tx, tenant, items, this.clock.now())
    assert(rows.length === items.length, `not all paid that should be refunded: ${idsOf(items)}`)
    await appendEvents(
      tx,
      rows.map((row) => billEvent('bill.updated', row, apiVersion)),
    )
  }

  /** Expires one batch of bills whose time is over, of one app or of all. Returns how many. */
  expireDue(limit: number, app: AppRef | null = null): Promise<number> {
    return this.database.transaction(async (tx) => {
      const rows = await this.bills.expire(tx, this.clock.now(), limit, app)
      await appendEvents(
        tx,
        rows.map((row) => billEvent('bill.expired', row, row.api_version)),
      )
      return rows.length
    })
  }

  private async draft(caller: Caller, body: CreateBill): Promise<BillRow> {
    const now = this.clock.now()
    await this.payers.require(caller, body.payer, pointingAt('/payer', 'payer_not_found'))
    const pointer = pointingAt('/fee_item', 'fee_item_not_found')
    const feeItem = await this.feeItems.require(caller, body.fee_item, pointer)
    throwIfFeeItemRefused(refusalToBill(feeItem, now))
    const row = newBill(caller, idFor(caller, 'bill'), body, feeItem, now)
    throwIfRefused(refusalOfNewBill(row, feeItem.currency, now))
    return row
  }
}

function existing(row: BillRow, body: CreateBill): Reply<Bill> {
  if (saysTheSame({ ...row }, createdAs(body))) return Reply.existing(toWireBill(row))
  throw new BillError(
    'bill_conflict',
    `out_bill_no ${body.out_bill_no} is bill ${row.id}, with other parameters. ` +
      'Use a number of its own for every bill.',
  )
}

function notFound(id: string): BillError {
  return new BillError('bill_not_found', `No such bill, or it is not yours: ${id}.`)
}

const pointingAt = (pointer: string, code: string) => ({
  errors: [{ pointer, code, detail: 'No such object, or it is not yours.' }],
})

const idsOf = (items: readonly BillItem[]) => items.map((item) => item.bill_id).join(', ')

/** Twice the same bill would be added once by the statements; an amount below one would be a gift. */
function assertReasonable(items: readonly BillItem[]): void {
  const ids = new Set(items.map((item) => item.bill_id))
  assert(ids.size === items.length, `each bill once: ${idsOf(items)}`)
  assert(
    items.every((item) => item.amount > 0n),
    `amounts are positive: ${idsOf(items)}`,
  )
}
