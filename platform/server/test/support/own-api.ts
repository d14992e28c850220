import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../../src/infra/net/free-port.js'
import { platformSettings, ROOT } from './bursar-command.js'

const API = join(ROOT, 'platform/server/dist/processes/api.main.js')
const READY_TIMEOUT_MS = 60_000

/** One more API process on the database of this run, with settings of its own. */
export class OwnApi {
  /** JSON lines, as an operator would see them. */
  log = ''

  private constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString()
    })
  }

  static async start(settings: Readonly<Record<string, string>>): Promise<OwnApi> {
    const port = settings.PORT ?? String(await freePort())
    const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env
    const child = fork(API, {
      env: { ...inherited, ...platformSettings(), ...settings, PORT: port },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const api = new OwnApi(`http://localhost:${port}`, child)
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(api.log)), READY_TIMEOUT_MS)
      child.once('exit', () => reject(new Error(`the API did not start:\n${api.log}`)))
      child.once('message', () => {
        clearTimeout(timer)
        resolve()
      })
    })
    return api
  }

  /** Resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode
    const ended = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGTERM')
    await ended
    return this.child.exitCode
  }
}
