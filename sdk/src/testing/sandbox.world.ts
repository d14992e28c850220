import { API_VERSION } from '../resources/api-version.js'
import type {
  Bill,
  Checkout,
  Department,
  Event,
  EventType,
  FeeItem,
  Payer,
  Payment,
  Refund,
  TestClock,
  WebhookDelivery,
  WebhookEndpoint,
} from '../resources/types.js'
import type { SandboxClock } from './sandbox.clock.js'
import type { ChannelFault, FaultBox } from './sandbox.faults.js'
import { IdMaker } from './sandbox.ids.js'
import { Table } from './sandbox.store.js'

/** Part of a payment: a bill, or the direct amount. `taken_back` counts refunds under way. */
export interface PaymentItem {
  readonly bill: string | null
  readonly department: string
  readonly amount: number
  taken_back: number
}

/** The order at the simulated channel, which may know more than the payment does. */
export interface ChannelOrder {
  readonly channel: string
  readonly method: string
  /** `absent`: it never arrived there. */
  state: 'absent' | 'open' | 'paid' | 'closed' | 'refused'
  readonly amount: number
}

export interface PayerRow {
  readonly wire: Payer
  /** What tells people apart: kind of number and its normal form. */
  readonly number_key: string
  personal: { name: string; phone: string | null; email: string | null }
}

export interface BillRow {
  readonly wire: Bill
  /** Held by payments under way. */
  reserved: number
}

export interface PaymentRow {
  readonly wire: Payment
  readonly items: PaymentItem[]
  refunding: number
  order: ChannelOrder | null
}

export interface RefundRow {
  readonly wire: Refund
  readonly requested_by: string
}

export interface EndpointRow {
  readonly wire: WebhookEndpoint
  readonly secret: string
}

/** Everything that one sandbox knows, and the two things that every change may do: take time and tell. */
export class World {
  readonly ids = new IdMaker()
  readonly feeItems = new Table<{ readonly wire: FeeItem }>()
  readonly payers = new Table<PayerRow>()
  readonly bills = new Table<BillRow>()
  readonly checkouts = new Table<{ readonly wire: Checkout }>()
  readonly payments = new Table<PaymentRow>()
  readonly refunds = new Table<RefundRow>()
  readonly events = new Table<{ readonly wire: Event }>()
  readonly endpoints = new Table<EndpointRow>()
  readonly deliveries = new Table<{ readonly wire: WebhookDelivery }>()
  readonly testClocks = new Table<{ readonly wire: TestClock }>()
  readonly department: Department
  readonly baseUrl: string
  readonly clock: SandboxClock
  readonly faults: FaultBox
  /** The call that is being carried out; null while time, a payer or a channel acts. */
  requestId: string | null = null
  /** Called for each event; the sender of webhooks listens. */
  onEvent: (event: Event) => void = () => {}

  constructor(baseUrl: string, clock: SandboxClock, faults: FaultBox) {
    this.baseUrl = baseUrl
    this.clock = clock
    this.faults = faults
    this.department = {
      id: this.newId('dept'),
      object: 'department',
      livemode: false,
      created_at: this.timestamp(),
      metadata: {},
      name: '财务处 Finance',
      refund_approval_threshold: null,
    }
  }

  newId(prefix: string): string {
    return this.ids.next(prefix, this.clock.now())
  }

  timestamp(): string {
    return this.clock.now().toISOString()
  }

  /** Tells what happened, with the object as it is at this moment. */
  tell(type: EventType, object: object): void {
    const event: Event = {
      id: this.newId('evt'),
      object: 'event',
      livemode: false,
      created_at: this.timestamp(),
      metadata: {},
      type,
      api_version: API_VERSION,
      request_id: this.requestId,
      data: { object: { ...structuredClone(object) } },
    }
    this.events.add({ wire: event })
    this.onEvent(event)
  }

  /** Whether a fault meets this order now: one that was set, or one that its amount brings along. */
  strikes(fault: ChannelFault, order: Pick<ChannelOrder, 'amount' | 'channel'>): boolean {
    return this.faults.strikesChannel(fault, order)
  }
}
