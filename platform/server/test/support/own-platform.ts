import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Bursar } from '@openbursar/sdk'
import { freePorts } from '../../src/infra/net/free-port.js'
import { ROOT } from './bursar-command.js'
import type { AppCredentials } from './platform.js'
import { pause, until } from './until.js'

const run = promisify(execFile)

export interface OwnApp extends AppCredentials {
  readonly bursar: Bursar
}

export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

/** One `npm start`, or another script, as its terminal shows it. */
export class ScriptRun {
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

  /** Resolves at once when the text is there, so that a test can strike in that very moment. */
  async says(text: string, timeoutMs = 40_000): Promise<void> {
    let hasEnded = false
    void this.ended.then(() => {
      hasEnded = true
    })
    const deadline = Date.now() + timeoutMs
    while (!this.output.includes(text)) {
      if (hasEnded || Date.now() > deadline) {
        throw new Error(`it ended, or went on, without "${text}":\n${this.output}`)
      }
      await pause(20)
    }
  }

  /** As a terminal does it: Ctrl-C goes to the whole group. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.child.pid) process.kill(-this.child.pid, signal)
    return this.ended
  }
}

/** A data folder and ports of its own, on which `npm start` may be run again and again. */
export class OwnPlatform {
  private readonly runs: ScriptRun[] = []

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    readonly simulatorPort: number,
  ) {}

  static async open(): Promise<OwnPlatform> {
    const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-start-'))
    const [port = 0, simulatorPort = 0] = await freePorts(2)
    return new OwnPlatform(dataDir, port, simulatorPort)
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
      // The shortest there is: whoever was killed while placing an order is waited for that long.
      RECOVERY_GRACE_SECONDS: '12',
    }
  }

  start(changes: NodeJS.ProcessEnv = {}): ScriptRun {
    return this.launch('start', changes)
  }

  /** `npm run demo`, which finds this platform or starts it. */
  demo(): ScriptRun {
    return this.launch('demo', {})
  }

  private launch(script: 'start' | 'demo', changes: NodeJS.ProcessEnv): ScriptRun {
    const child = spawn(process.execPath, [join(ROOT, `platform/tools/${script}.mjs`)], {
      env: { ...this.env, ...changes },
      cwd: ROOT,
      // A group of its own, as the job of a shell.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const launched = new ScriptRun(child)
    this.runs.push(launched)
    return launched
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
