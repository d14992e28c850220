import { Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { IdentityService } from '../identity/identity.service.js'
import { CashierLinks } from './cashier-link.js'
import { CheckoutRepository } from './checkout.repository.js'
import { toWireCheckout } from './checkout.schema.js'
import { CHECKOUT_TRANSITIONS, type CheckoutTrigger } from './checkout.state.js'
import type { Checkout } from './checkout.types.js'
import { PaymentRepository } from './payment.repository.js'

/** Ends checkouts: paid, out of time, or cancelled. */
@Injectable()
export class CheckoutEndService {
  constructor(
    private readonly database: Database,
    private readonly checkouts: CheckoutRepository,
    private readonly payments: PaymentRepository,
    private readonly identity: IdentityService,
    private readonly links: CashierLinks,
  ) {}

  /** Ends a checkout out of time, unless somebody began to pay it in the last moment. */
  expire(checkout: Checkout): Promise<Checkout | null> {
    return this.database.transaction(async (tx) => {
      await this.checkouts.lock(tx, checkout, checkout.id)
      if (await this.payments.findOpenOfCheckout(checkout, checkout.id, tx)) return null
      return this.end(tx, checkout, checkout.id, 'out_of_time')
    })
  }

  /** Null when the checkout is over already. */
  async end(
    tx: Transaction,
    tenant: Tenant,
    id: string,
    trigger: CheckoutTrigger,
  ): Promise<Checkout | null> {
    const status = CHECKOUT_TRANSITIONS.open[trigger]
    const ended = status ? await this.checkouts.leaveOpen(tx, tenant, id, status) : null
    if (!ended || ended.status === 'cancelled') return ended
    const { institution_id, livemode, app_id } = ended
    const items = await this.checkouts.items(tx, tenant, id)
    await appendEvents(tx, [
      {
        institution_id,
        livemode,
        app_id,
        type: `checkout.${ended.status}`,
        api_version: await this.identity.apiVersionOf(institution_id, app_id, tx),
        object: toWireCheckout(ended, items, this.links.urlOf(ended)),
      },
    ])
    return ended
  }
}
