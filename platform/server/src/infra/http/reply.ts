/** An answer whose status depends on what happened, such as 201 for a new object and 200 for a known one. */
export class Reply<T> {
  private constructor(
    readonly status: number,
    readonly body: T,
  ) {}

  static created<T>(body: T): Reply<T> {
    return new Reply(201, body)
  }

  /** The same number with the same parameters was created before: here it is. */
  static existing<T>(body: T): Reply<T> {
    return new Reply(200, body)
  }
}

/** An answer as bytes, ready to be sent and to be sent again. */
export interface StoredResponse {
  readonly status: number
  readonly body: string
  readonly is_replay: boolean
}

export function isStored(result: unknown): result is StoredResponse {
  return typeof result === 'object' && result !== null && 'is_replay' in result
}
