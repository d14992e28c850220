import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

export const ROOT = resolve(import.meta.dirname, '../../../..')
const run = promisify(execFile)

/** Where the platform of this test run is: the settings with which its roles were started. */
export interface PlatformSettings {
  readonly DATABASE_URL: string
  readonly MASTER_KEY: string
  readonly PORT: string
  readonly SIMULATOR_PORT: string
  readonly DATA_DIR: string
  /** Runs `bursar` for us without starting it: see command-server.mjs. */
  readonly COMMAND_URL: string
}

export function platformSettings(): PlatformSettings {
  const text = process.env.OPENBURSAR_TEST_PLATFORM
  if (!text) {
    throw new Error(
      'This run of jest started no platform: name the spec *.e2e.spec.ts or *.browser.spec.ts.',
    )
  }
  return JSON.parse(text)
}

export const apiBase = (): string => `http://localhost:${platformSettings().PORT}`
export const simulatorBase = (): string => `http://localhost:${platformSettings().SIMULATOR_PORT}`

/** Runs `bursar <args>` on the platform of this run, as an operator would, and reads its JSON. */
export async function bursarCommand<T>(...args: readonly string[]): Promise<T> {
  const { COMMAND_URL } = platformSettings()
  const response = await fetch(COMMAND_URL, { method: 'POST', body: JSON.stringify(args) })
  const text = await response.text()
  if (response.ok) return JSON.parse(text)
  throw new Error(`bursar ${args.join(' ')}: ${response.status === 404 ? 'no such command' : text}`)
}

/** One of the server's programs, such as `check-books.main.js`; rejects unless it ends well. */
export async function runProcess(program: string, args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const path = join(ROOT, 'platform/server/dist/processes', program)
  const env = { ...inherited, ...platformSettings() }
  const { stdout } = await run(process.execPath, [path, ...args], { env, cwd: ROOT })
  return stdout
}
