import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How long anything may take. A platform that is killed is back within a minute; an order that was being
 * placed just then is in doubt for up to a minute and a half more, until the platform is sure of it.
 */
const PATIENCE_MS = 200_000
const SAY_SO_EVERY_MS = 10_000
const ASK_EVERY_MS = 200
const TITLE_WIDTH = 54

/** A step that did not lead to what was expected; its message is for a person. */
export class StepError extends Error {}

/** Runs one step of the story and prints a tick, its time, and what it has to tell. */
export async function step(title, work) {
  const startedAt = Date.now()
  const details = []
  const time = () => `${((Date.now() - startedAt) / 1000).toFixed(2)} s`.padStart(9)
  try {
    const result = await work((detail) => details.push(detail))
    console.log(`  ✓ ${title.padEnd(TITLE_WIDTH)}${time()}   ${details.join(', ')}`.trimEnd())
    return result
  } catch (error) {
    console.log(`  ✗ ${title.padEnd(TITLE_WIDTH)}${time()}`)
    const reason = error instanceof StepError ? error.message : `${error.stack ?? error}`
    throw new StepError(`✗ ${title}\n  ${reason}`, { cause: error })
  }
}

/**
 * Asks until there is an answer that is not undefined. A platform that is away just now is no failure:
 * every question and every call in this demo may be repeated, because its numbers stay the same.
 */
export async function until(expected, ask, { patienceMs = PATIENCE_MS, look = 'the logs' } = {}) {
  const deadline = Date.now() + patienceMs
  let sayAt = Date.now() + SAY_SO_EVERY_MS
  let last = 'no answer yet'
  for (;;) {
    try {
      const answer = await ask((seen) => {
        last = seen
      })
      if (answer !== undefined) return answer
    } catch (error) {
      if (!isPassing(error)) throw error
      last = error.message
    }
    if (Date.now() > deadline) {
      throw new StepError(
        `Expected ${expected} within ${patienceMs / 1000} s. Last seen: ${last}. Look at ${look}.`,
      )
    }
    if (Date.now() > sayAt) {
      console.log(`    … waiting for ${expected}; last seen: ${last}`)
      sayAt += SAY_SO_EVERY_MS
    }
    await sleep(ASK_EVERY_MS)
  }
}

/** The answer's words for "try again", and what fetch says when nobody listens or the answer breaks off. */
function isPassing(error) {
  return (
    error.retryable === true ||
    error.outcome === 'unknown' ||
    error instanceof PassingError ||
    isNetwork(error)
  )
}

function isNetwork(error) {
  return error.name === 'TimeoutError' || (error instanceof TypeError && error.cause !== undefined)
}

/** Something that is expected to pass: a role that is starting, a file that is not there yet. */
export class PassingError extends Error {}
