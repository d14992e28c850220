import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

const EMPTY = { webhook: null, fee_items: {}, enrolments: {}, seen_events: [] }

/**
 * What this app remembers: one JSON file, enough for an example. Yours is a database; what matters is the
 * same there: `change` is all or nothing, and it is on the disk before anybody is told about it.
 */
export class Store {
  #file
  #data

  constructor(file) {
    this.#file = file
    this.#data = { ...structuredClone(EMPTY), ...read(file) }
  }

  /** A copy: whoever wants to change something says so with `change`. */
  get data() {
    return structuredClone(this.#data)
  }

  /** Ids come from addresses that anybody can type, so `constructor` must not find anything. */
  enrolment(id) {
    const { enrolments } = this.#data
    return Object.hasOwn(enrolments, id) ? structuredClone(enrolments[id]) : undefined
  }

  /** Lets `edit` change the data, and writes the file when it did not throw. Returns what `edit` returns. */
  change(edit) {
    const draft = structuredClone(this.#data)
    const result = edit(draft)
    write(this.#file, draft)
    this.#data = draft
    return result
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw new Error(`${file} cannot be read: ${error.message}`, { cause: error })
  }
}

/** Written beside, then renamed: a reader or a crash meets the old file or the new one, never half of it. */
function write(file, data) {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.draft`
  const handle = openSync(draft, 'w', 0o600)
  try {
    writeSync(handle, JSON.stringify(data, null, 2))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(draft, file)
}
