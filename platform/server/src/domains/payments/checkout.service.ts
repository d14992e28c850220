import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { type Caller, idFor, type Tenant } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { tableFilterOf } from '../../infra/http/table-filter.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { APP_CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { BillService } from '../bills/bill.service.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutRepository } from './checkout.repository.js'
import { checkoutExpiryOf, titleOf } from './checkout.rules.js'
import {
  type CheckoutListQuery,
  type CreateCheckout,
  toWireCheckout,
  type Checkout as WireCheckout,
} from './checkout.schema.js'
import type { Checkout, CheckoutItem } from './checkout.types.js'
import { CheckoutEndService } from './checkout-end.service.js'
import { checkoutNotFound, PaymentError } from './payment.errors.js'
import { PaymentRepository } from './payment.repository.js'

/** Bills, or a free amount, brought together to be paid at the cashier. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly database: Database,
    private readonly checkouts: CheckoutRepository,
    private readonly ends: CheckoutEndService,
    private readonly payments: PaymentRepository,
    private readonly bills: BillService,
    private readonly links: CashierLinks,
    @Inject(APP_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Nothing is held yet: bills are held while a payment of the checkout is under way.
   * @throws PaymentError checkout_source_ambiguous, checkout_expiry_invalid, checkout_bills_mismatch;
   *   BillError bill_not_found, bill_not_payable, bill_overpaid …
   */
  async create(caller: Caller, body: CreateCheckout): Promise<Reply<WireCheckout>> {
    const known = await this.checkouts.find(caller, caller.app_id, idFor(caller, 'chk'))
    if (known) return Reply.created(await this.toWire(known))
    const { checkout, items } = await this.newCheckout(caller, body)
    await this.database.transaction((tx) => this.checkouts.insert(tx, checkout, items))
    // A twin of this call may have been faster, a moment earlier by its clock: what is stored counts.
    return Reply.created(await this.get(caller, checkout.id))
  }

  /** @throws PaymentError checkout_not_found */
  async get(caller: Caller, id: string): Promise<WireCheckout> {
    return this.toWire(await this.require(caller, id))
  }

  async list(caller: Caller, query: CheckoutListQuery): Promise<WireList<WireCheckout>> {
    const filter = { ...listFilterOf(query), ...tableFilterOf(query), status: query.status }
    const page = await this.checkouts.list(caller, caller.app_id, filter)
    const items = await this.checkouts.itemsOf(
      caller,
      page.rows.map(({ id }) => id),
    )
    return toWireList(page, (row) =>
      toWireCheckout(
        row,
        items.filter(({ checkout_id }) => checkout_id === row.id),
        this.links.urlOf(row),
      ),
    )
  }

  /**
   * Cancelling a cancelled checkout gives it back as it is.
   * @throws PaymentError checkout_not_found, checkout_not_cancellable
   */
  async cancel(caller: Caller, id: string): Promise<WireCheckout> {
    await this.require(caller, id)
    await this.database.transaction(async (tx) => {
      await this.checkouts.lock(tx, caller, id)
      if (await this.payments.findOpenOfCheckout(caller, id, tx)) {
        throw new PaymentError(
          'checkout_not_cancellable',
          'A payment is under way. Close it first.',
        )
      }
      await this.ends.end(tx, caller, id, 'cancelled')
    })
    const checkout = await this.require(caller, id)
    if (checkout.status === 'cancelled') return this.toWire(checkout)
    throw new PaymentError('checkout_not_cancellable', `The checkout is ${checkout.status}.`)
  }

  findAny(tenant: Tenant, id: string): Promise<Checkout | null> {
    return this.checkouts.findAny(tenant, id)
  }

  itemsOf(tenant: Tenant, id: string): Promise<readonly CheckoutItem[]> {
    return this.checkouts.itemsOf(tenant, [id])
  }

  private async require(caller: Caller, id: string): Promise<Checkout> {
    const checkout = isId(id, 'chk') ? await this.checkouts.find(caller, caller.app_id, id) : null
    if (!checkout) throw checkoutNotFound(id)
    return checkout
  }

  private async toWire(checkout: Checkout): Promise<WireCheckout> {
    const items = await this.checkouts.itemsOf(checkout, [checkout.id])
    return toWireCheckout(checkout, items, this.links.urlOf(checkout))
  }

  private async newCheckout(
    caller: Caller,
    body: CreateCheckout,
  ): Promise<{ checkout: Checkout; items: CheckoutItem[] }> {
    if ((body.items === undefined) === (body.amount === undefined)) {
      throw new PaymentError(
        'checkout_source_ambiguous',
        'Send either items (bills) or amount, one of the two.',
      )
    }
    const now = this.clock.now()
    const expires_at = checkoutExpiryOf(body.expires_at, now)
    if (!expires_at) {
      throw new PaymentError(
        'checkout_expiry_invalid',
        'expires_at must be 1 minute to 7 days ahead.',
        {
          errors: [
            {
              pointer: '/expires_at',
              code: 'field_out_of_range',
              detail: '1 minute to 7 days ahead',
            },
          ],
        },
      )
    }
    const collected = await this.collected(caller, body)
    const { items, ...totals } = collected
    const checkout: Checkout = {
      institution_id: caller.institution_id,
      livemode: caller.livemode,
      id: idFor(caller, 'chk'),
      app_id: caller.app_id,
      department_id: caller.department_id,
      ...totals,
      status: 'open',
      return_url: body.return_url ?? null,
      expires_at,
      metadata: body.metadata,
      created_at: now,
      updated_at: now,
    }
    return { checkout, items }
  }

  private async collected(caller: Caller, body: CreateCheckout) {
    const title = body.title
    if (body.amount !== undefined) {
      if (title === undefined) {
        throw new PaymentError('checkout_source_ambiguous', 'A free amount needs a title.', {
          errors: [{ pointer: '/title', code: 'field_missing', detail: 'required with amount' }],
        })
      }
      return { title, currency: body.currency, amount: BigInt(body.amount), items: [] }
    }
    const asked = (body.items ?? []).map(({ bill, amount }) => ({
      bill_id: bill,
      ...(amount === undefined ? {} : { amount: BigInt(amount) }),
    }))
    const bills = await this.bills.forCheckout(caller, asked)
    const [first] = bills
    assert(first, 'a checkout of bills has at least one bill')
    if (bills.some(({ currency }) => currency !== body.currency)) {
      throw new PaymentError(
        'checkout_bills_mismatch',
        `Not all of these bills are in ${body.currency}.`,
      )
    }
    return {
      title: title ?? titleOf(first.title, bills.length),
      currency: body.currency,
      amount: bills.reduce((sum, { amount }) => sum + amount, 0n),
      items: bills.map(({ bill_id, department_id, amount }) => ({
        bill_id,
        department_id,
        amount,
      })),
    }
  }
}
