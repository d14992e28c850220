/** Thrown when our own code broke a promise: a bug, never the caller's fault. Becomes a 500. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** States what must hold at this line. A failure crashes the request, so nothing is built on it. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Makes a `switch` exhaustive: adding a member to the union breaks the build here. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value: ${JSON.stringify(value)}`)
}
