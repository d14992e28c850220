import { hasCode } from './problem.rules.js'

/** Asks the person to prove themselves; resolves to whether they did. */
type Asker = () => Promise<boolean>

let asker: Asker | null = null

/** The dialog that stands ready while the console is open. */
export function setStepUpAsker(next: Asker | null): void {
  asker = next
}

/**
 * Runs a call, and when it is refused for want of a fresh proof, asks for one and runs it again: with the same
 * Idempotency-Key, so that whatever the first try did is not done twice.
 */
export async function withStepUp<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!hasCode(error, 'step_up_required') || asker === null) throw error
    if (!(await asker())) throw error
    return call()
  }
}
