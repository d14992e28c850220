import type { Clock } from '../../../../kernel/clock.js'
import type { FaultTarget, SimulatorFaults } from '../simulator-faults.js'
import {
  type Response,
  toOrderDetail,
  toPlaced,
  toQueried,
  toRefundDetail,
  toRefunded,
} from './abc.answers.js'
import { isSignedBy, openEnvelope } from './abc.envelope.js'
import type { AbcKeys } from './abc.keys.js'
import type { AbcOrders } from './abc.orders.js'
import type { AbcPayer } from './abc.payer.js'
import type { AbcRefunds } from './abc.refunds.js'
import { AbcRefusal } from './abc.refusal.js'
import {
  type PlacingReq,
  type QueryReq,
  type ReadMessage,
  type RefundReq,
  readMerchantId,
  readMessage,
} from './abc.schema.js'
import type { AbcStatements } from './abc.statement.js'
import { isExpired, isPaid } from './abc.types.js'

export interface CounterOptions {
  readonly clock: Clock
  readonly keys: AbcKeys
  readonly orders: AbcOrders
  readonly payer: AbcPayer
  readonly refunds: AbcRefunds
  readonly statements: AbcStatements
  readonly faults: SimulatorFaults
  /** The address of an order's page. */
  readonly pageUrl: (code: string) => string
}

/** `silence`: the bank never answers this one. */
export type CounterAnswer =
  | { readonly kind: 'response'; readonly merchant_id: string; readonly response: Response }
  | { readonly kind: 'silence' }

/** Where merchants' requests arrive: verified, carried out, answered. */
export class AbcCounter {
  constructor(private readonly options: CounterOptions) {}

  /** Never throws for what a merchant sends. */
  async answer(body: Buffer): Promise<CounterAnswer> {
    let merchant_id = ''
    try {
      const envelope = openEnvelope(body)
      const merchant = await this.options.keys.merchant(readMerchantId(envelope.message))
      if (!merchant) throw new AbcRefusal('APE002')
      merchant_id = merchant.merchant_id
      if (!isSignedBy(envelope, merchant)) throw new AbcRefusal('APE400')
      return await this.carryOut(readMessage(envelope.message))
    } catch (error) {
      if (!(error instanceof AbcRefusal)) throw error
      const response = { ReturnCode: error.code, ErrorMessage: error.message }
      // The bank leaves the merchant out when it knows nothing.
      return { kind: 'response', merchant_id: error.code === 'EUNKWN' ? '' : merchant_id, response }
    }
  }

  private async carryOut({ merchant_id, request, canonical }: ReadMessage): Promise<CounterAnswer> {
    const said = (response: Response): CounterAnswer => ({
      kind: 'response',
      merchant_id,
      response,
    })
    switch (request.TrxType) {
      case 'PayReq':
      case 'OLScanPayOrderReq':
        return this.place(merchant_id, request, canonical)
      case 'Query':
        return said(await this.query(merchant_id, request))
      case 'Refund':
        return this.refund(merchant_id, request, canonical)
      case 'Settle':
        return said(await this.options.statements.settle(merchant_id, request))
    }
  }

  private async place(
    merchant_id: string,
    request: PlacingReq,
    canonical: string,
  ): Promise<CounterAnswer> {
    const { orders, faults, pageUrl } = this.options
    const { OrderNo: order_no, OrderAmount: amount } = request.Order
    const target = { merchant_id, order_no, amount }
    if (await faults.strikes('order_refused', target)) throw new AbcRefusal('E009')
    return this.withFaults(target, async () => {
      const order = await orders.place(merchant_id, request, canonical)
      return toPlaced(order, pageUrl(order.code))
    })
  }

  private async refund(
    merchant_id: string,
    request: RefundReq,
    canonical: string,
  ): Promise<CounterAnswer> {
    const { orders, refunds, faults } = this.options
    const { OrderNo: order_no, NewOrderNo: occasion } = request
    const { amount } = await orders.look(merchant_id, order_no)
    const target = { merchant_id, order_no, amount, occasion }
    return this.withFaults(target, async () => {
      const is_abnormal = await faults.strikes('refund_abnormal', target)
      return toRefunded(await refunds.create({ merchant_id, request, canonical, is_abnormal }))
    })
  }

  /** The faults of a call that changes something: before it, and after it. */
  private async withFaults(
    target: FaultTarget,
    work: () => Promise<Response>,
  ): Promise<CounterAnswer> {
    const { faults } = this.options
    if (await faults.strikes('timeout_before_acceptance', target)) return { kind: 'silence' }
    const response = await work()
    if (await faults.strikes('timeout_after_acceptance', target)) return { kind: 'silence' }
    if (await faults.strikes('result_unknown', target)) throw new AbcRefusal('EUNKWN')
    return { kind: 'response', merchant_id: target.merchant_id, response }
  }

  private async query(merchantId: string, request: QueryReq): Promise<Response> {
    const { payer, refunds, clock } = this.options
    if (request.PayTypeID === 'Refund') {
      return toQueried(toRefundDetail(await refunds.look(merchantId, request.OrderNo)))
    }
    const order = await payer.look(merchantId, request.OrderNo)
    if (!isPaid(order) && isExpired(order, clock.now())) throw new AbcRefusal('E003')
    return toQueried(toOrderDetail(order))
  }
}
