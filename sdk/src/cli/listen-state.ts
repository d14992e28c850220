import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isRecord } from '../core/problem.js'
import { UsageError } from './command.types.js'

/** Whose events they are: another app's place in its events means nothing to this one. */
export interface ListenerIdentity {
  readonly api_base: string
  readonly key_id: string
}

interface Content extends ListenerIdentity {
  /** What the local receiver verifies with; made once, so that it need not be configured anew. */
  readonly secret: string
  /** The last event that the receiver took; null: none yet, of all; undefined: it never began. */
  readonly after?: string | null | undefined
}

const SECRET_BYTES = 32

/**
 * Where a listener stands, on disk. Written only after the receiver took an event: whatever dies in between,
 * the event is sent again and none is left out.
 */
export class ListenState {
  readonly #path: string
  #content: Content

  private constructor(path: string, content: Content) {
    this.#path = path
    this.#content = content
  }

  /** Takes the file for this process alone. @throws UsageError when another one listens, or it is another app's */
  static open(path: string, identity: ListenerIdentity): ListenState {
    lock(path)
    try {
      const known = readContent(path)
      if (known !== undefined && !isSame(known, identity)) {
        throw new UsageError(
          `${path} is of ${known.key_id} at ${known.api_base}. Pass another --state, or delete it.`,
        )
      }
      const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
      return new ListenState(path, known ?? { ...identity, secret })
    } catch (error) {
      unlock(path)
      throw error
    }
  }

  get secret(): string {
    return this.#content.secret
  }

  get after(): string | null | undefined {
    return this.#content.after
  }

  /** Durable when it returns: the new content replaces the old in one step. */
  save(after: string | null): void {
    this.#content = { ...this.#content, after }
    const draft = `${this.#path}.new`
    const file = openSync(draft, 'w', 0o600)
    try {
      writeSync(file, `${JSON.stringify(this.#content, null, 2)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, this.#path)
    syncDirectory(dirname(this.#path))
  }

  /** Lets another process listen. */
  close(): void {
    unlock(this.#path)
  }
}

/** So that the renaming survives a power cut as well. Some systems cannot open a folder. */
function syncDirectory(path: string): void {
  let folder: number
  try {
    folder = openSync(path, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function readContent(path: string): Content | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const parsed = parse(text)
  const { after, api_base, key_id, secret } = isRecord(parsed) ? parsed : {}
  const isKnown = [api_base, key_id, secret].every((value) => typeof value === 'string')
  const isPlace = after === undefined || after === null || typeof after === 'string'
  if (!isKnown || !isPlace) {
    // Starting over in silence would leave events out.
    throw new UsageError(
      `${path} is no state of bursar listen. Pass another --state, or delete it.`,
    )
  }
  return { api_base: String(api_base), key_id: String(key_id), secret: String(secret), after }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isSame(one: ListenerIdentity, other: ListenerIdentity): boolean {
  return one.api_base === other.api_base && one.key_id === other.key_id
}

/** Two listeners with one state would mix up the order. A lock of a process that died is taken over. */
function lock(path: string): void {
  const lockPath = `${path}.lock`
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = openSync(lockPath, 'wx', 0o600)
      writeSync(file, String(process.pid))
      closeSync(file)
      return
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      if (!isTaken)
        throw new UsageError(`--state: ${error instanceof Error ? error.message : error}`)
    }
    const owner = Number(readFileSync(lockPath, 'utf8'))
    if (isRunning(owner)) {
      throw new UsageError(
        `Process ${owner} listens with ${path} already. Stop it, or pass another --state.`,
      )
    }
    unlock(path)
  }
  throw new UsageError(`${lockPath} cannot be taken; delete it when nobody listens.`)
}

function unlock(path: string): void {
  rmSync(`${path}.lock`, { force: true })
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It exists, and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
