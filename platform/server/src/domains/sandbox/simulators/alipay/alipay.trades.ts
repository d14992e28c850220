import { randomInt } from 'node:crypto'
import type { Clock } from '../../../../kernel/clock.js'
import type { SimulatorStore, SimulatorTransaction } from '../simulator.store.js'
import { AlipayRefusal } from './alipay.refusal.js'
import type { CreateTrade } from './alipay.schema.js'
import type { Parameters } from './alipay.signature.js'
import { toWireDay } from './alipay.time.js'
import {
  CODE,
  type MerchantRecord,
  TRADE,
  type TradeProduct,
  type TradeRecord,
  type TradeReference,
  tradeKey,
} from './alipay.types.js'

/** Without time_expire a trade can be paid for two weeks. */
const EXPIRY_MS_DEFAULT = 15 * 24 * 3_600_000
const CODE_CHARACTERS = 20
const ALPHANUMERIC = '0123456789abcdefghijklmnopqrstuvwxyz'

export class AlipayTrades {
  constructor(
    private readonly store: SimulatorStore,
    private readonly clock: Clock,
  ) {}

  /** Asked for again with the same words it is the same; with others it is refused. */
  async create(
    merchant: MerchantRecord,
    product: TradeProduct,
    input: CreateTrade,
    parameters: Parameters,
  ): Promise<TradeRecord> {
    const fresh = this.toTrade(merchant, product, input, parameters)
    return this.store.transaction(async (tx) => {
      if (await tx.insert(TRADE, tradeKey(fresh), fresh)) {
        const { merchant_id, out_trade_no } = fresh
        await tx.insert(CODE, fresh.code, { merchant_id, out_trade_no })
        return fresh
      }
      const trade = await this.lock(tx, fresh)
      if (trade.request !== fresh.request) throw new AlipayRefusal('ACQ.CONTEXT_INCONSISTENT')
      return trade
    })
  }

  /** Null when no such code was issued. */
  async findByCode(code: string): Promise<TradeRecord | null> {
    const reference = await this.store.find(CODE, code)
    return reference && this.look(reference)
  }

  /** The payer has scanned the code, or the browser has opened the page: now the trade exists. */
  arrive(reference: TradeReference): Promise<TradeRecord> {
    return this.store.transaction(async (tx) => this.arriveIn(tx, await this.lock(tx, reference)))
  }

  async arriveIn(tx: SimulatorTransaction, trade: TradeRecord): Promise<TradeRecord> {
    if (trade.trade_no !== null) return trade
    const now = this.clock.now()
    const day = toWireDay(now).replaceAll('-', '')
    const trade_no = `${day}22001${digits(15)}`
    return this.save(tx, { ...trade, trade_no, created_at: now.toISOString() })
  }

  /** The record as it is now, whether its payer has arrived or not. */
  look(reference: TradeReference): Promise<TradeRecord> {
    return this.store.transaction((tx) => this.lock(tx, reference))
  }

  /** As the gateway answers about it: a trade whose payer has not arrived does not exist. */
  async query(merchant: MerchantRecord, outTradeNo: string): Promise<TradeRecord> {
    return assertExists(await this.look(reference(merchant, outTradeNo)))
  }

  async close(merchant: MerchantRecord, outTradeNo: string): Promise<TradeRecord> {
    return this.store.transaction(async (tx) => {
      const trade = assertExists(await this.lock(tx, reference(merchant, outTradeNo)))
      if (trade.status !== 'WAIT_BUYER_PAY') throw new AlipayRefusal('ACQ.TRADE_STATUS_ERROR')
      return this.save(tx, { ...trade, status: 'TRADE_CLOSED' })
    })
  }

  /** Holds the trade until the transaction ends, after closing it if its time is over. */
  async lock(tx: SimulatorTransaction, reference: TradeReference): Promise<TradeRecord> {
    const trade = await tx.lock(TRADE, tradeKey(reference))
    if (!trade) throw new AlipayRefusal('ACQ.TRADE_NOT_EXIST')
    const isOver = new Date(trade.expires_at) <= this.clock.now()
    if (trade.status !== 'WAIT_BUYER_PAY' || !isOver) return trade
    return this.save(tx, { ...trade, status: 'TRADE_CLOSED' })
  }

  async save(tx: SimulatorTransaction, trade: TradeRecord): Promise<TradeRecord> {
    await tx.save(TRADE, tradeKey(trade), trade)
    return trade
  }

  private toTrade(
    merchant: MerchantRecord,
    product: TradeProduct,
    input: CreateTrade,
    { notify_url = '', return_url = '' }: Parameters,
  ): TradeRecord {
    const expiryMs = this.clock.now().getTime() + EXPIRY_MS_DEFAULT
    const { out_trade_no, total_amount, subject, time_expire } = input
    return {
      merchant_id: merchant.merchant_id,
      app_id: merchant.app_id,
      out_trade_no,
      product,
      subject,
      total: total_amount,
      notify_url: notify_url || null,
      return_url: return_url || null,
      quit_url: input.quit_url ?? null,
      expires_at: (time_expire ?? new Date(expiryMs)).toISOString(),
      request: JSON.stringify([product, subject, total_amount, time_expire ?? null, notify_url]),
      code: `bax0${characters(ALPHANUMERIC, CODE_CHARACTERS)}`,
      status: 'WAIT_BUYER_PAY',
      trade_no: null,
      created_at: null,
      paid_at: null,
      is_refused: false,
      buyer_id: `2088${digits(12)}`,
      refunded: 0,
      last_refund_at: null,
    }
  }
}

/** Refunded wholly a trade is closed, and was paid all the same. */
export function isPaid(trade: TradeRecord): boolean {
  return trade.paid_at !== null
}

export function assertExists(trade: TradeRecord): TradeRecord & { trade_no: string } {
  const { trade_no } = trade
  if (trade_no === null) throw new AlipayRefusal('ACQ.TRADE_NOT_EXIST')
  return { ...trade, trade_no }
}

export function reference(merchant: MerchantRecord, outTradeNo: string): TradeReference {
  return { merchant_id: merchant.merchant_id, out_trade_no: outTradeNo }
}

function digits(length: number): string {
  return characters('0123456789', length)
}

function characters(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
