/** Where a command runs, so that a test can be the terminal. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  /** Results: what another program may read. */
  readonly print: (line: string) => void
  /** Everything else, for people. */
  readonly note: (line: string) => void
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** One command of `bursar`. Resolves to its exit code: 0 good, 1 bad, 2 nothing could be done. */
export interface Command {
  /** The words that name it, such as `logs tail`. */
  readonly name: string
  readonly summary: string
  readonly usage: string
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

/** A command line that says nothing sensible, or a file that does not help. The message says what to do. */
export class UsageError extends Error {}
