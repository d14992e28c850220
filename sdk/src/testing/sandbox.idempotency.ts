import { createHash } from 'node:crypto'
import { SandboxProblem } from './sandbox.problem.js'

export interface StoredAnswer {
  readonly status: number
  readonly body: string
}

interface Known {
  readonly bodyHash: string
  /** Absent while the first call is running. */
  answer?: StoredAnswer
}

/** Makes a write happen once per key: same key and body, same answer; another body is refused. */
export class IdempotencyKeys {
  readonly #known = new Map<string, Known>()

  /** `run` throws a SandboxProblem whose `answer` tells how it is answered. */
  async run(
    route: string,
    header: string | null,
    body: Uint8Array,
    run: () => Promise<StoredAnswer>,
    answerOf: (problem: SandboxProblem) => StoredAnswer,
  ): Promise<StoredAnswer & { readonly isReplay: boolean }> {
    const key = `${route} ${readKey(header)}`
    const bodyHash = createHash('sha256').update(body).digest('hex')
    const known = this.#known.get(key)
    if (known !== undefined) return { ...recall(known, bodyHash), isReplay: true }
    const own: Known = { bodyHash }
    this.#known.set(key, own)
    try {
      own.answer = await run()
    } catch (error) {
      // Stored like a success: a refusal on the merits is final. All others leave the key free.
      const isFinal =
        error instanceof SandboxProblem &&
        error.spec.isEarly !== true &&
        error.spec.retryable !== true &&
        error.spec.status < 500
      if (!isFinal) {
        this.#known.delete(key)
        throw error
      }
      own.answer = answerOf(error)
    }
    return { ...own.answer, isReplay: false }
  }
}

function recall({ answer, bodyHash }: Known, givenHash: string): StoredAnswer {
  if (bodyHash !== givenHash) {
    throw new SandboxProblem(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another body. Use a new key for a new request.',
    )
  }
  if (answer !== undefined) return answer
  throw new SandboxProblem(
    'idempotency_in_progress',
    'The first call with this Idempotency-Key is still running. Try again with the same key.',
    { outcome: 'unknown', retryAfterSeconds: 1 },
  )
}

function readKey(header: string | null): string {
  if (header === null || header === '') {
    throw new SandboxProblem(
      'idempotency_key_missing',
      'Send an Idempotency-Key header (a fresh UUID per operation, the same one on every retry).',
    )
  }
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1]
  const key = quoted === undefined ? header : quoted.replaceAll(/\\(["\\])/g, '$1')
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key
  throw new SandboxProblem(
    'idempotency_key_invalid',
    'An Idempotency-Key is 1 to 255 printable ASCII characters.',
  )
}
