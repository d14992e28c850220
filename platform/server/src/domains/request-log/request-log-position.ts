import { idTimeMs } from '../../kernel/id.js'

/**
 * A place in the order in which calls became readable: everything that the transaction `written_in` wrote, up to and
 * including the id; or, without an id, up to this transaction, as seen at `at_ms`.
 */
export interface LogPosition {
  readonly written_in: bigint
  readonly id: string | null
  /** No row after this place belongs to a call that arrived much earlier. */
  readonly at_ms: number
}

const PATTERN = /^([0-9a-z]{1,13})-([0-9a-z]{1,26})$/
const ID_SUFFIX_LENGTH = 26

/** Short enough for every `next_cursor`: 13 digits hold any transaction, 26 an id without its prefix. */
export function positionText({ written_in, id, at_ms }: LogPosition): string {
  return `${written_in.toString(36)}-${id?.slice('req_'.length) ?? at_ms.toString(36)}`
}

/** Null: not written by `positionText`. */
export function readPosition(text: string): LogPosition | null {
  const [, transaction = '', place = ''] = PATTERN.exec(text) ?? []
  if (place === '') return null
  const written_in = [...transaction].reduce(
    (sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)),
    0n,
  )
  if (written_in > 2n ** 63n - 1n) return null
  if (place.length < ID_SUFFIX_LENGTH) {
    return { written_in, id: null, at_ms: Number.parseInt(place, 36) }
  }
  const id = `req_${place}`
  return { written_in, id, at_ms: idTimeMs(id) }
}
