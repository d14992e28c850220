import { Injectable, Logger } from '@nestjs/common'
import type { Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import { isId } from '../../kernel/id.js'
import { CounterError } from '../channels/cash/counter.errors.js'
import {
  CounterOrderService,
  counterOrderNotFound,
} from '../channels/cash/counter-order.service.js'
import { CounterRefundService } from '../channels/cash/counter-refund.service.js'
import { PaymentService } from '../payments/payment.service.js'
import type { PaymentAttempt } from '../payments/payment.types.js'
import { PaymentAttemptService } from '../payments/payment-attempt.service.js'
import { RefundProgressService } from '../refunds/refund-progress.service.js'
import {
  type CounterOrder,
  type CounterRefund,
  type HandOutRefund,
  type ReceiveAtCounter,
  toWireCounterOrder,
  toWireCounterRefund,
} from './counter.schema.js'

const COUNTER_NO = /^\d{6,12}$/

/**
 * What a cashier does at a counter of the institution, for payments of all its apps. The counter’s own
 * records are one commit; then payment or refund hear of it by the ordinary question to the channel, so that
 * a crash between the two is recovered by whoever asks next.
 */
@Injectable()
export class CounterService {
  private readonly logger = new Logger('Counter')

  constructor(
    private readonly orders: CounterOrderService,
    private readonly refunds: CounterRefundService,
    private readonly payments: PaymentService,
    private readonly attempts: PaymentAttemptService,
    private readonly progress: RefundProgressService,
  ) {}

  /** @param id a counter number, or a payment’s id. @throws CounterError counter_order_not_found */
  async get(tenant: Tenant, id: string): Promise<CounterOrder> {
    return this.show(await this.find(tenant, id))
  }

  /**
   * @param id a counter number, or a payment’s id
   * @throws CounterError counter_order_not_found, counter_order_over, counter_order_paid,
   *   counter_amount_short, counter_amount_differs
   */
  async receive(tenant: Tenant, id: string, body: ReceiveAtCounter): Promise<CounterOrder> {
    const attempt = await this.find(tenant, id)
    await this.orders.receive(attempt, attempt.channel_order_no, {
      tender: body.tender,
      received_amount: BigInt(body.received_amount),
      terminal_reference: body.terminal_reference ?? null,
      cashier: body.cashier,
    })
    await this.bringOn(attempt.id, () => this.attempts.ask(attempt))
    return this.show(attempt)
  }

  /** @throws CounterError counter_refund_not_found, counter_refund_not_ready */
  async handOut(tenant: Tenant, id: string, body: HandOutRefund): Promise<CounterRefund> {
    const known = isId(id, 'ref') ? await this.progress.find(tenant, id) : null
    if (known?.order.channel !== 'cash') {
      throw new CounterError('counter_refund_not_found', `No refund waits at the counter as ${id}.`)
    }
    const { channel_refund_no, payment_id } = known.refund
    if (!(await this.refunds.find(tenant, channel_refund_no))) {
      throw new CounterError(
        'counter_refund_not_ready',
        `The refund is ${known.refund.status}: hand out nothing until it is approved and waits here.`,
        { outcome: 'failed' },
      )
    }
    const row = await this.refunds.handOut(tenant, channel_refund_no, body.cashier)
    await this.bringOn(id, () => this.progress.poll(tenant, id))
    const entry = await this.refunds.entryOf(tenant, channel_refund_no)
    return toWireCounterRefund(row, { refund: id, payment: payment_id }, entry)
  }

  /** The order at the counter of a counter number, or the last one of a payment. */
  private async find(tenant: Tenant, id: string): Promise<PaymentAttempt> {
    const attempt = COUNTER_NO.test(id)
      ? await this.ofCounterNo(tenant, id)
      : await this.ofPayment(tenant, id)
    if (attempt?.channel === 'cash') return attempt
    throw counterOrderNotFound(id)
  }

  private async ofCounterNo(tenant: Tenant, counterNo: string): Promise<PaymentAttempt | null> {
    const { order_no } = await this.orders.require(tenant, counterNo)
    return this.attempts.findByOrderNo(tenant, order_no)
  }

  private async ofPayment(tenant: Tenant, id: string): Promise<PaymentAttempt | null> {
    const payment = isId(id, 'pay') ? await this.payments.findAny(tenant, id) : null
    return payment && this.payments.latestAttempt(payment)
  }

  private async show(attempt: PaymentAttempt): Promise<CounterOrder> {
    const { channel_order_no, payment_id } = attempt
    const row = await this.orders.find(attempt, channel_order_no)
    // The attempt is durable before its order is: the counter may not have heard of it yet.
    if (!row) throw counterOrderNotFound(payment_id)
    const entry = row.status === 'paid' ? await this.orders.receiptOf(row, row.order_no) : null
    assert(row.status !== 'paid' || entry, 'a received order is in the journal')
    return toWireCounterOrder(row, payment_id, entry)
  }

  /** The money changed hands, so nothing that goes wrong here may look like a refusal. */
  private async bringOn(id: string, ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask()
    } catch (error) {
      this.logger.error({ err: error, id }, 'the jobs will go on')
    }
  }
}
