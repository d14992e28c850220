/**
 * What may go wrong at a channel, in the words of the platform's sandbox, and two whole stories:
 * `unknown_then_paid` and `unknown_then_failed`, in which nobody knows at first whether the order arrived.
 */
export const CHANNEL_FAULTS = [
  'notify_lost',
  'notify_late',
  'notify_duplicate',
  'notify_reordered',
  'notify_forged',
  'notify_wrong_amount',
  'notify_wrong_merchant',
  'notify_probe',
  'timeout_before_acceptance',
  'timeout_after_acceptance',
  'result_unknown',
  'order_refused',
  'success_after_close',
  'refund_abnormal',
] as const
export type PlatformFault = (typeof CHANNEL_FAULTS)[number]
export type ChannelFault = PlatformFault | 'unknown_then_paid' | 'unknown_then_failed'

/** Amounts in fen that bring a fault along, the same as in the platform's sandbox: 900,001 and up. */
export const MAGIC_AMOUNTS: ReadonlyMap<number, PlatformFault> = new Map(
  CHANNEL_FAULTS.map((fault, index) => [900_001 + index, fault]),
)

/** Which calls a fault of the network or of the platform meets; without either, the next one. */
export interface CallMatch {
  readonly method?: string
  /** The beginning of the path, such as `/v1/payments`. */
  readonly path?: string
}

/** One thing that goes wrong. */
export type SandboxFault = { readonly times?: number } & (
  | {
      /** At the channel, for the next order or refund. */
      readonly channel: ChannelFault
      /** Only at this one: `wechatpay` … */
      readonly at?: string
    }
  | ({
      /**
       * `refused`: the connection is not made, surely nothing happens. `lost`: the request never arrives, and
       * the caller cannot know. `answer_lost`: it is carried out, and its answer never arrives.
       */
      readonly network: 'refused' | 'lost' | 'answer_lost'
    } & CallMatch)
  | ({
      /** The platform answers this instead of doing anything: 429, 500, 503. */
      readonly status: 429 | 500 | 503
      readonly retryAfterSeconds?: number
    } & CallMatch)
  | ({
      /** Takes this long in real time before it begins; it ends when the caller gives up. */
      readonly delayMs: number
    } & CallMatch)
)

type CallFault = Exclude<SandboxFault, { readonly channel: ChannelFault }>

interface Waiting {
  readonly fault: SandboxFault
  remaining: number
}

/** The faults that wait for their turn. */
export class FaultBox {
  #waiting: Waiting[] = []

  /** The next call or order that fits meets this fault; `times` for more than one. */
  next(fault: SandboxFault): void {
    const { times = 1 } = fault
    this.#waiting.push({ fault, remaining: times })
  }

  /** Everything goes well again. */
  clear(): void {
    this.#waiting = []
  }

  /** For the sandbox itself: the fault that this call meets, if any. */
  takeForCall(method: string, path: string): CallFault | undefined {
    for (const waiting of this.#waiting) {
      const { fault } = waiting
      if ('channel' in fault) continue
      const isMethod = fault.method === undefined || fault.method === method
      if (isMethod && path.startsWith(fault.path ?? '/')) {
        this.#use(waiting)
        return fault
      }
    }
    return undefined
  }

  /** For the sandbox itself: whether this fault meets this order. */
  strikesChannel(
    wanted: ChannelFault,
    order: { readonly amount: number; readonly channel: string },
  ): boolean {
    if (MAGIC_AMOUNTS.get(order.amount) === wanted) return true
    const waiting = this.#waiting.find(({ fault }) => {
      if (!('channel' in fault) || fault.channel !== wanted) return false
      return fault.at === undefined || fault.at === order.channel
    })
    if (waiting !== undefined) this.#use(waiting)
    return waiting !== undefined
  }

  #use(waiting: Waiting): void {
    waiting.remaining -= 1
    if (waiting.remaining <= 0) this.#waiting = this.#waiting.filter((one) => one !== waiting)
  }
}
