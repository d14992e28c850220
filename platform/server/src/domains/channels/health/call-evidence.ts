import { AsyncLocalStorage } from 'node:async_hooks'

interface Received {
  body: Buffer | null
}

const calls = new AsyncLocalStorage<Received>()

/** What a call to a channel came to, and the last bytes that a provider sent meanwhile. */
export interface EvidencedAnswer<Answer> {
  readonly answer: Answer
  readonly evidence: Buffer | null
}

/**
 * Runs a call to a channel and remembers what came from the network. Adapters need not carry raw answers through
 * their mappers for the rare one that nobody understands.
 */
export function withEvidence<Answer>(
  call: () => Promise<Answer>,
): Promise<EvidencedAnswer<Answer>> {
  const received: Received = { body: null }
  return calls.run(received, async () => ({ answer: await call(), evidence: received.body }))
}

/** The reader of providers' answers says what it read; outside a call nobody listens. */
export function noteReceived(body: Buffer): void {
  const received = calls.getStore()
  if (received) received.body = body
}
