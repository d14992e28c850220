import { z } from 'zod'
import type { RecordKind, SimulatorStore } from './simulator.store.js'
import type { NotifyBehaviour } from './simulator-play.js'

/**
 * What can go wrong at a provider, in the same words for every simulator. Those that begin with
 * `notify_` decide what becomes of a notification, the others what becomes of a call or a statement.
 */
export const FAULTS = [
  'notify_lost',
  'notify_late',
  'notify_duplicate',
  'notify_reordered',
  'notify_forged',
  'notify_wrong_amount',
  'notify_wrong_merchant',
  'notify_probe',
  /** No answer, and the order was not taken. */
  'timeout_before_acceptance',
  /** No answer, but the order was taken. */
  'timeout_after_acceptance',
  /** The provider’s own words for “we do not know yet”. */
  'result_unknown',
  'order_refused',
  /** The payer pays at the moment the order is closed. */
  'success_after_close',
  /** The refund is accepted and then cannot be paid out. */
  'refund_abnormal',
  'statement_late',
  'statement_short',
  'statement_long',
  'statement_off_by_a_fen',
] as const
export type Fault = (typeof FAULTS)[number]

/** A fault set by a tester: for one order, or for every order of the merchant; for a while, or for ever. */
export const FaultRecord = z.object({
  merchant_id: z.string(),
  order_no: z.string().nullable(),
  fault: z.enum(FAULTS),
  /** How many times more; null: until it is taken away. */
  remaining: z.int().positive().nullable(),
})
export type FaultRecord = z.infer<typeof FaultRecord>

export const FAULT: RecordKind<FaultRecord> = { kind: 'fault', schema: FaultRecord }

/**
 * Amounts that bring a fault along, in fen, so that it can be tried without any control: ¥9,000.01 and up.
 * They are the same at every channel. Each meets an order once, and each refund of it once, so that
 * what comes after the fault can be seen too.
 */
export const MAGIC_AMOUNTS: ReadonlyMap<number, Fault> = new Map(
  FAULTS.filter((fault) => !fault.startsWith('statement_')).map((fault, index) => [
    900_001 + index,
    fault,
  ]),
)

export interface FaultTarget {
  readonly merchant_id: string
  readonly order_no: string
  /** The amount of the order, in fen; also when it is about a refund of it. */
  readonly amount: number
  /** What of the order it is about, where there may be several of its kind: a refund's number. */
  readonly occasion?: string
}

const NOTIFY_FAULTS: Readonly<Partial<Record<Fault, NotifyBehaviour>>> = {
  notify_lost: 'lost',
  notify_late: 'late',
  notify_duplicate: 'duplicate',
  notify_reordered: 'reordered',
  notify_forged: 'forged',
  notify_wrong_amount: 'wrong_amount',
  notify_wrong_merchant: 'wrong_merchant',
  notify_probe: 'probe',
}

/** An amount's fault that an order has met. */
const STRUCK: RecordKind<Record<string, never>> = {
  kind: 'fault_struck',
  schema: z.strictObject({}),
}

/** Which faults a tester asked for. They live in the store, so they survive a restart. */
export class SimulatorFaults {
  constructor(private readonly store: SimulatorStore) {}

  /** Whether this fault meets this order now; one that was set for a number of times is used up by it. */
  async strikes(fault: Fault, target: FaultTarget): Promise<boolean> {
    const { merchant_id, order_no } = target
    const isMagic = MAGIC_AMOUNTS.get(target.amount) === fault
    return (
      (isMagic && (await this.strikeOnce(fault, target))) ||
      (await this.use(faultKey({ merchant_id, order_no, fault }))) ||
      (await this.use(faultKey({ merchant_id, order_no: null, fault })))
    )
  }

  /** The first of these faults that meets the order. */
  async firstOf<T extends Fault>(faults: readonly T[], target: FaultTarget): Promise<T | null> {
    for (const fault of faults) if (await this.strikes(fault, target)) return fault
    return null
  }

  /** What becomes of a notification: what the tester chose for it, else what a fault makes of it. */
  async behaviourOf(
    target: FaultTarget,
    chosen: NotifyBehaviour = 'normal',
  ): Promise<NotifyBehaviour> {
    if (chosen !== 'normal') return chosen
    const faults = FAULTS.filter((fault) => NOTIFY_FAULTS[fault] !== undefined)
    const fault = await this.firstOf(faults, target)
    return (fault && NOTIFY_FAULTS[fault]) ?? 'normal'
  }

  /** Whether a fault of the whole merchant is set, as those of statements are. */
  strikesMerchant(fault: Fault, merchant_id: string): Promise<boolean> {
    return this.use(faultKey({ merchant_id, order_no: null, fault }))
  }

  set(record: FaultRecord): Promise<void> {
    return this.store.transaction((tx) => tx.save(FAULT, faultKey(record), record))
  }

  async list(merchantId: string): Promise<FaultRecord[]> {
    return this.store.list(FAULT, `${merchantId}/`)
  }

  /** Takes away every fault of the merchant. */
  clear(merchantId: string): Promise<void> {
    return this.store.transaction((tx) => tx.removeAll(FAULT, `${merchantId}/`))
  }

  private strikeOnce(fault: Fault, target: FaultTarget): Promise<boolean> {
    const { merchant_id, order_no, occasion = '' } = target
    const key = `${merchant_id}/${order_no}/${fault}/${occasion}`
    return this.store.transaction((tx) => tx.insert(STRUCK, key, {}))
  }

  private async use(key: string): Promise<boolean> {
    if (!(await this.store.find(FAULT, key))) return false
    return this.store.transaction(async (tx) => {
      const record = await tx.lock(FAULT, key)
      if (!record) return false
      const { remaining } = record
      if (remaining === 1) await tx.remove(FAULT, key)
      else if (remaining !== null)
        await tx.save(FAULT, key, { ...record, remaining: remaining - 1 })
      return true
    })
  }
}

function faultKey({ merchant_id, order_no, fault }: Omit<FaultRecord, 'remaining'>): string {
  return `${merchant_id}/${order_no ?? '*'}/${fault}`
}
