import type { Clock } from '../../../kernel/clock.js'
import type { SimulatorsOptions } from '../../sandbox/simulators/simulators.app.js'
import type { Channel, ChannelAccount, ChannelCode, RawNotification } from '../channel.port.js'

/** True, or why the provider cannot do it, in words that complete the name of the test left out. */
export type Capability = true | string

/**
 * Where providers differ. Everything that is not here is the same for all of them; what a provider
 * cannot do says why, and the reason stands in the name of each test that is left out for it.
 */
export interface Capabilities {
  /** Placing is a call, and not only a page or a form that the browser takes there. */
  readonly places_by_call: Capability
  /** From when on the provider knows an order. */
  readonly order_exists: 'when_placed' | 'when_opened'
  /** What becomes of an order whose payer’s payment was refused. */
  readonly refused_order: 'failed' | 'waiting'
  /** An unpaid order can be closed before its time is over. */
  readonly closes: Capability
  readonly notifies_refunds: Capability
  /** Notifications say when they were sent, so that an old one can be told from a new one. */
  readonly dates_notifications: Capability
  /** The statement is a file of its own, which is not signed. */
  readonly statement_is_a_file: Capability
  /** The hour in China at which the statement of the day before is there. */
  readonly statement_hour: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Posts JSON to the simulator’s control: `/merchants` below `/_control/<code>`. */
export type Control = (path: string, json: object) => Promise<unknown>

/** All that one provider has to say to be put through the conformance suite. */
export interface Provider {
  readonly code: ChannelCode
  readonly capabilities: Capabilities
  /**
   * The provider’s waiting times, short enough for tests: refunds settle and duplicates follow within
   * 200 ms, late notifications take 1 s, a refused one is sent again after 1 s, calls that get no
   * answer are hung up after 5 s, and a reordered notification waits 60 s for the next event.
   */
  readonly simulators: Partial<SimulatorsOptions>
  makeChannel(options: { readonly clock: Clock; readonly deadlineMs?: number }): Channel
  /** Registers a merchant at the simulator; `baseUrl` is its wire, `<origin>/<code>`. */
  openAccount(
    control: Control,
    baseUrl: string,
  ): Promise<Pick<ChannelAccount, 'merchant_id' | 'settings'>>
  /** Settings that are well formed and wrong, by what is wrong with them. */
  wrongSecrets(account: ChannelAccount): Readonly<Record<string, Record<string, unknown>>>
  /** The answer without the provider’s signature on it. */
  unsigned(answer: HttpAnswer): HttpAnswer
  /** An answer without a body, altered in another place. */
  altersEmpty?(answer: HttpAnswer): HttpAnswer
  /** Whether the answer to this path is the unsigned file of a statement. */
  isStatementFile?(path: string): boolean
  /** The same content as others would send it: signed by a stranger, as the provider’s own probe … */
  forgeries(raw: RawNotification): readonly RawNotification[]
}
