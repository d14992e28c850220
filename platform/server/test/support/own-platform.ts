import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Bursar } from '@openbursar/sdk'
import { ROOT } from './bursar-command.js'
import type { AppCredentials } from './platform.js'
import { until } from './until.js'

const run = promisify(execFile)

export interface OwnApp extends AppCredentials {
  readonly bursar: Bursar
}

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

/** One `npm start`, as its terminal shows it. */
export class StartRun {
  output = ''
  readonly ended: Promise<number | null>

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
    // Not "exit": its last words may still be on their way.
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)))
  }

  /** Resolves when the platform says that it is ready. */
  async ready(): Promise<this> {
    await this.says('OpenBursar is ready.')
    return this
  }

  async says(text: string): Promise<void> {
    let hasEnded = false
    void this.ended.then(() => {
      hasEnded = true
    })
    await until(
      async () => this.output,
      (output) => output.includes(text) || hasEnded,
      40_000,
    )
    if (!this.output.includes(text)) throw new Error(`it ended without "${text}":\n${this.output}`)
  }

  /** As a terminal does it: Ctrl-C goes to the whole group. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.child.pid) process.kill(-this.child.pid, signal)
    return this.ended
  }
}

/** A data folder and ports of its own, on which `npm start` may be run again and again. */
export class OwnPlatform {
  private readonly runs: StartRun[] = []

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    readonly simulatorPort: number,
  ) {}

  static async open(): Promise<OwnPlatform> {
    const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-start-'))
    const port = await findFreePort()
    return new OwnPlatform(dataDir, port, await findFreePort())
  }

  get origin(): string {
    return `http://localhost:${this.port}`
  }

  get env(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(NODE_OPTIONS|NODE_ENV|JEST_.*|npm_.*|OPENBURSAR_.*)$/.test(name),
    )
    return {
      ...Object.fromEntries(kept),
      PORT: String(this.port),
      SIMULATOR_PORT: String(this.simulatorPort),
      DATA_DIR: this.dataDir,
    }
  }

  start(changes: NodeJS.ProcessEnv = {}): StartRun {
    const child = spawn(process.execPath, [join(ROOT, 'platform/tools/start.mjs')], {
      env: { ...this.env, ...changes },
      cwd: ROOT,
      // A group of its own, as the job of a shell.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = new StartRun(child)
    this.runs.push(started)
    return started
  }

  /** Resolves when the API answers, and says that it can serve. */
  async serves(): Promise<void> {
    await until(
      () =>
        fetch(`${this.origin}/readyz`).then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status === 200,
      30_000,
    )
  }

  /** Every process of this platform, the database's included, whoever its parent is by now. */
  async processes(): Promise<RunningProcess[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
    const found = await Promise.all(pids.map((pid) => this.ownProcess(pid)))
    return found.flat()
  }

  /** Kills what matches, at once and without a word. */
  async kill(pattern: RegExp): Promise<void> {
    for (const { pid, command } of await this.processes()) {
      if (pattern.test(command)) process.kill(pid, 'SIGKILL')
    }
  }

  async createApp(): Promise<OwnApp> {
    const made = await this.command('bursar.main.js', ['sandbox', 'create-app', '--json'])
    const credentials: AppCredentials = JSON.parse(made)
    const { key_id: keyId, private_key: privateKey } = credentials
    return { ...credentials, bursar: new Bursar({ keyId, privateKey, baseUrl: this.origin }) }
  }

  /** One of the server's programs on this platform; rejects unless it ends well. */
  async command(program: string, args: readonly string[]): Promise<string> {
    const path = join(ROOT, 'platform/server/dist/processes', program)
    const { stdout } = await run(process.execPath, [path, ...args], { env: this.env, cwd: ROOT })
    return stdout
  }

  /** Ends whatever is left, and removes the data. */
  async close(): Promise<void> {
    await this.kill(/./)
    await Promise.all(this.runs.map(({ ended }) => ended))
    await until(
      () => this.processes(),
      (left) => left.length === 0,
    )
    await rm(this.dataDir, { recursive: true, force: true })
  }

  private async ownProcess(pid: number): Promise<RunningProcess[]> {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(`DATA_DIR=${this.dataDir}`)) return []
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return command === '' ? [] : [{ pid, command: command.replaceAll('\0', ' ').trim() }]
  }
}

/** Below the ports that outgoing connections are given, so that it is still free at the next start. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000)
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(false))
      probe.listen(port, () => probe.close(() => resolve(true)))
    })
    if (isFree) return port
  }
}
