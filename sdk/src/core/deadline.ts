/** The time limit of one try, joined with the caller's own signal. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #outer: AbortSignal | undefined
  readonly #onOuterAbort = (): void => this.#controller.abort(this.#outer?.reason)
  #isOver = false

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    this.#outer = outer
    this.#timer = setTimeout(() => {
      this.#isOver = true
      this.#controller.abort()
    }, timeoutMs)
    outer?.addEventListener('abort', this.#onOuterAbort, { once: true })
    if (outer?.aborted === true) this.#onOuterAbort()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** True once the time is up; a cancellation by the caller does not count. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Must be called when the try ends, or the timer keeps the process alive. */
  release(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener('abort', this.#onOuterAbort)
  }
}

/** Resolves after the time, or at once when the signal fires. */
export function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    signal?.addEventListener('abort', done, { once: true })
    if (signal?.aborted === true) done()
  })
}
