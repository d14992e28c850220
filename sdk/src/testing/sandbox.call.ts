import type { KnownKey } from './request-signature.js'
import { SandboxProblem } from './sandbox.problem.js'
import type { World } from './sandbox.world.js'

/** One call as a handler sees it: authenticated, its query and body checked. */
export class Call {
  readonly world: World
  readonly key: KnownKey
  /** The ids of the path, in order. */
  readonly ids: readonly string[]
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal
  readonly #query: string
  readonly #body: string

  constructor(
    world: World,
    key: KnownKey,
    given: {
      readonly ids: readonly string[]
      readonly query: unknown
      readonly body: unknown
      readonly signal: AbortSignal
    },
  ) {
    this.world = world
    this.key = key
    this.ids = given.ids
    this.signal = given.signal
    this.#query = JSON.stringify(given.query ?? {})
    this.#body = JSON.stringify(given.body ?? {})
  }

  get id(): string {
    return this.ids[0] ?? ''
  }

  /** The body, which fits the document's schema of that name. */
  body<T>(): T {
    const body: T = JSON.parse(this.#body)
    return body
  }

  query<T>(): T {
    const query: T = JSON.parse(this.#query)
    return query
  }
}

/** An answer of its own status; a plain object is a 200. */
export class Answer {
  readonly status: number
  readonly body: object

  private constructor(status: number, body: object) {
    this.status = status
    this.body = body
  }

  static created(body: object): Answer {
    return new Answer(201, body)
  }

  /** The caller's own number was known with the same parameters. */
  static existing(body: object): Answer {
    return new Answer(200, body)
  }
}

export type Handler = (call: Call) => Answer | object | Promise<Answer | object>

/** The platform's codes for what is not there, or is somebody else's. */
export type NotFoundCode =
  | 'bill_not_found'
  | 'checkout_not_found'
  | 'event_not_found'
  | 'fee_item_not_found'
  | 'payer_not_found'
  | 'payment_not_found'
  | 'refund_not_found'
  | 'webhook_endpoint_not_found'

export function found<Row>(row: Row | undefined, code: NotFoundCode, id: string): Row {
  if (row !== undefined) return row
  const noun = code.replace('_not_found', '').replaceAll('_', ' ')
  throw new SandboxProblem(code, `No such ${noun}, or it is not yours: ${id}.`)
}
