import type { FaultApp } from './fault-app.js'

/** A call that was answered with 2xx, and how to make it again under the same Idempotency-Key. */
export interface Acknowledged {
  readonly kind: 'payment' | 'refund' | 'play'
  readonly app: FaultApp
  readonly answer: object
  readonly again: () => Promise<object>
}

/** What the callers of the load were told, so that it can be held against what is there afterwards. */
export class LoadMemory {
  requests = 0
  readonly acknowledged: Acknowledged[] = []
  /** Payments of which the channel said that the payer paid. */
  readonly paid = new Map<string, FaultApp>()
  readonly unanswered: string[] = []
  /** Answers that said no, for good. The load asks for nothing that may be refused. */
  readonly refusals = new Map<string, number>()
  /** Why something was tried again. */
  readonly retries = new Map<string, number>()

  refused(what: string): void {
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1)
  }

  heard(what: string): void {
    this.retries.set(what, (this.retries.get(what) ?? 0) + 1)
  }

  get retryCount(): number {
    return [...this.retries.values()].reduce((sum, count) => sum + count, 0)
  }

  idsOf(kind: 'payment' | 'refund'): string[] {
    return this.acknowledged.filter((call) => call.kind === kind).map(({ answer }) => idOf(answer))
  }
}

export function idOf(answer: object): string {
  if (!('id' in answer)) throw new Error(`an answer without an id: ${JSON.stringify(answer)}`)
  return String(answer.id)
}
