import { setImmediate as nextTurn } from 'node:timers/promises'
import { sqlState } from '../../infra/database/database.js'
import { type RequestLogRow, type RequestRecord, UNKNOWN_CALLER } from './request-log.types.js'
import { toRequestLogRow } from './request-log-row.rules.js'

/**
 * A row waits no longer than this for others to share its statement. With the 0.6 s in which PostgreSQL may lose a
 * commit that did not wait, a crash loses one second at most.
 */
const FLUSH_EVERY_MS = 400
const ROWS_PER_COPY_MAX = 1_000
/** Rows made in one turn of the event loop, so that no request waits behind them for long. */
const ROWS_PER_TURN = 25
const ROWS_WAITING_MAX = 5_000
const BYTES_WAITING_MAX = 64 * 1024 * 1024
const RETRY_AFTER_MS = 1_000
/** Strangers can write here without a credential, so they get a share and not the disk. */
const UNKNOWN_PER_SECOND_MAX = 500
const UNIQUE_VIOLATION = '23505'

export interface RequestLogWriterOptions {
  readonly store: { insert(rows: readonly RequestLogRow[]): Promise<void> }
  /** Encrypts what may be kept only under seal. */
  readonly seal: (row: RequestLogRow, text: string) => Promise<Buffer>
  readonly warn: (facts: Readonly<Record<string, unknown>>, message: string) => void
}

/**
 * Writes the request log beside the requests, never in their way: `add` only remembers, and everything else
 * happens later. When the log cannot keep up or the database is away, calls that do not fit are dropped and
 * counted; nobody who called notices.
 */
export class RequestLogWriter {
  private waiting: RequestRecord[] = []
  private bytesWaiting = 0
  private writing: Promise<void> | null = null
  private timer: NodeJS.Timeout | null = null
  private droppedCount = 0
  private isClosing = false
  private hasWarned = false
  private unknownSecond = 0
  private unknownCount = 0

  constructor(private readonly options: RequestLogWriterOptions) {}

  /** How many calls were dropped since the start. */
  get dropped(): number {
    return this.droppedCount
  }

  add(record: RequestRecord): void {
    const bytes = (record.body?.length ?? 0) + (record.response_body?.length ?? 0)
    const isFull =
      this.waiting.length >= ROWS_WAITING_MAX || this.bytesWaiting + bytes > BYTES_WAITING_MAX
    if (isFull || (record.author === null && !this.admitsUnknown())) {
      this.drop(1, 'is full')
      return
    }
    this.waiting.push(record)
    this.bytesWaiting += bytes
    if (this.writing) return
    if (this.waiting.length >= ROWS_PER_COPY_MAX) void this.flush()
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS)
  }

  /** Writes what is waiting; resolves when it is stored, or when the database did not take it. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.writing ??= this.writeAll().finally(() => {
      this.writing = null
      // Those that came since, and those of a batch that is to be tried again.
      if (this.waiting.length > 0 && !this.isClosing) {
        this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS)
      }
    })
    return this.writing
  }

  /** Writes the last rows; call it when no request can come any more. */
  async close(): Promise<void> {
    await this.writing
    this.isClosing = true
    await this.flush()
    if (this.waiting.length > 0) this.drop(this.waiting.length, 'could not be written at the end')
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, ROWS_PER_COPY_MAX)
      this.bytesWaiting -= batch.reduce(
        (sum, { body, response_body }) => sum + (body?.length ?? 0) + (response_body?.length ?? 0),
        0,
      )
      if (!(await this.writeRows(await this.rowsOf(batch)))) {
        // The rows were taken apart already and are small; the records are what is tried again.
        this.takeBack(batch)
        if (!this.isClosing) await pause(RETRY_AFTER_MS)
        return
      }
      this.reportRecovery()
    }
  }

  private takeBack(batch: readonly RequestRecord[]): void {
    this.waiting = [...batch, ...this.waiting]
    const surplus = this.waiting.length - ROWS_WAITING_MAX
    if (surplus <= 0) return
    this.waiting.length = ROWS_WAITING_MAX
    this.drop(surplus, 'is full')
  }

  private async rowsOf(batch: readonly RequestRecord[]): Promise<RequestLogRow[]> {
    const rows: RequestLogRow[] = []
    for (const [index, record] of batch.entries()) {
      if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn()
      try {
        rows.push(await this.rowOf(record))
      } catch (error) {
        this.drop(1, 'cannot hold a call', error)
      }
    }
    return rows
  }

  private async rowOf(record: RequestRecord): Promise<RequestLogRow> {
    const { row, base_to_seal } = toRequestLogRow(record)
    if (base_to_seal === null || row.institution_id === UNKNOWN_CALLER) return row
    return { ...row, sealed_base: await this.options.seal(row, base_to_seal) }
  }

  /** False when the database is away and the rows are to be tried again. A row that it refuses is dropped. */
  private async writeRows(rows: readonly RequestLogRow[]): Promise<boolean> {
    if (rows.length === 0) return true
    try {
      await this.options.store.insert(rows)
      return true
    } catch (error) {
      const state = sqlState(error) ?? ''
      if (!/^2[23]/.test(state)) {
        this.warnOnce('cannot be written', error)
        return false
      }
      if (rows.length === 1) {
        // A row that is there: the commit of an earlier try came through after all.
        if (state !== UNIQUE_VIOLATION) this.drop(1, 'cannot hold a call', error)
        return true
      }
      const middle = rows.length >> 1
      const isLeftWritten = await this.writeRows(rows.slice(0, middle))
      return (await this.writeRows(rows.slice(middle))) && isLeftWritten
    }
  }

  private admitsUnknown(): boolean {
    const second = Math.floor(Date.now() / 1000)
    if (second !== this.unknownSecond) {
      this.unknownSecond = second
      this.unknownCount = 0
    }
    this.unknownCount += 1
    return this.unknownCount <= UNKNOWN_PER_SECOND_MAX
  }

  private drop(count: number, why: string, error?: unknown): void {
    this.droppedCount += count
    this.warnOnce(why, error)
  }

  /** Once per trouble: a log that complains per request would be the next trouble. */
  private warnOnce(why: string, error?: unknown): void {
    if (this.hasWarned) return
    this.hasWarned = true
    this.options.warn({ err: error, dropped: this.droppedCount }, `the request log ${why}`)
  }

  private reportRecovery(): void {
    if (!this.hasWarned) return
    this.options.warn({ dropped: this.droppedCount }, 'the request log is being written again')
    this.hasWarned = false
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
