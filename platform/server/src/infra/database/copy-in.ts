import type { Connection, Submittable } from 'pg'

declare module 'pg' {
  /** What the driver has for COPY and its types leave out. */
  interface Connection {
    sendCopyFromChunk(chunk: Buffer): void
    endCopyFrom(): void
  }
}

/**
 * `COPY … FROM STDIN` on one connection: for bulk rows about half the work, on both sides, of an insert with
 * parameters. Hand it to `client.query`, then wait for `within`.
 */
export class CopyIn implements Submittable {
  private readonly ending = Promise.withResolvers<void>()

  constructor(
    private readonly statement: string,
    private readonly rows: string,
  ) {
    // Whoever waits hears of a failure; nobody else must.
    this.ending.promise.catch(() => {})
  }

  /** Resolves when the rows are committed. */
  async within(timeoutMs: number): Promise<void> {
    const late = () => this.ending.reject(new Error(`COPY took longer than ${timeoutMs} ms`))
    const timer = setTimeout(late, timeoutMs)
    await this.ending.promise.finally(() => clearTimeout(timer))
  }

  submit(connection: Connection): void {
    connection.query(this.statement)
  }

  handleCopyInResponse(connection: Connection): void {
    connection.sendCopyFromChunk(Buffer.from(this.rows))
    connection.endCopyFrom()
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.ending.resolve()
  }

  handleError(error: Error): void {
    this.ending.reject(error)
  }
}
