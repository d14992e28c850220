import { randomBytes } from 'node:crypto'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isAlive, startOf } from '../infra/database/postgres-process.js'
import { systemCode } from '../infra/files/system-error.js'

/** Process ids are used again; together with the time of its start, one means one process. */
const Holder = z.object({ pid: z.number().int(), started: z.string().nullable() })
export type Holder = z.infer<typeof Holder>

const RELEASED = 'released'
const NAME = /^platform\.lock\.(\d+)$/

/**
 * One platform on one data folder: a file that names the process which has it. A file whose process is
 * dead holds nothing, so nothing needs to be cleaned up by hand after a crash. The file is never replaced:
 * the next holder makes the next number, which only one can, and the highest number counts.
 */
export class StartLock {
  private number: number | null = null
  /** Somebody had it and died without giving it back. */
  wasAbandoned = false

  constructor(private readonly dataDir: string) {}

  get isHeld(): boolean {
    return this.number !== null
  }

  /** Null when it is ours now, else who has it. */
  async take(): Promise<Holder | null> {
    const own: Holder = { pid: process.pid, started: startOf(process.pid) }
    const draft = await this.writeDraft(JSON.stringify(own))
    try {
      for (;;) {
        const last = Math.max(0, ...(await this.numbers()))
        const text = last === 0 ? RELEASED : await this.read(last)
        const holder = parseHolder(text)
        if (holder && isHolding(holder)) return holder
        if (!(await links(draft, this.pathOf(last + 1)))) continue
        if (await this.isHighest(last + 1)) {
          this.number = last + 1
          this.wasAbandoned = text !== RELEASED
          return null
        }
      }
    } finally {
      await rm(draft, { force: true })
    }
  }

  async release(): Promise<void> {
    if (this.number === null) return
    const path = this.pathOf(this.number)
    this.number = null
    await rename(await this.writeDraft(RELEASED), path)
  }

  /** A slow one may make a number that others have passed already: that one holds nothing. */
  private async isHighest(number: number): Promise<boolean> {
    const numbers = await this.numbers()
    const isHighest = !numbers.some((other) => other > number)
    const useless = isHighest ? numbers.filter((other) => other < number) : [number]
    for (const other of useless) await rm(this.pathOf(other), { force: true })
    return isHighest
  }

  private async numbers(): Promise<number[]> {
    const names = await readdir(this.dataDir)
    return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number)
  }

  private read(number: number): Promise<string> {
    return readFile(this.pathOf(number), 'utf8').catch(() => '')
  }

  private async writeDraft(text: string): Promise<string> {
    const draft = join(this.dataDir, `.platform.lock-${randomBytes(4).toString('hex')}`)
    await writeFile(draft, text)
    return draft
  }

  private pathOf(number: number): string {
    return join(this.dataDir, `platform.lock.${number}`)
  }
}

/** Unlike a rename, a link never replaces what is there: of two processes one succeeds. */
async function links(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function isHolding({ pid, started }: Holder): boolean {
  return isAlive(pid) && startOf(pid) === started
}
