import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Supervisor } from '../../src/processes/supervisor.js'
import { until } from '../support/until.js'

type RoleName = Parameters<Supervisor['start']>[0]

/** One process of a role, with settings and a log of its own, started again by the platform's own supervisor. */
export class RoleProcess {
  readonly logDir: string
  private readonly role: RoleName
  private readonly env: () => NodeJS.ProcessEnv
  private readonly processesDir: string | null
  private supervisor: Supervisor | undefined

  /** `env` is asked when it starts. `processesDir`: where another build of the server has its programs. */
  constructor(
    role: RoleName,
    logDir: string,
    env: () => NodeJS.ProcessEnv,
    processesDir: string | null = null,
  ) {
    this.role = role
    this.logDir = logDir
    this.env = env
    this.processesDir = processesDir
  }

  async start(): Promise<void> {
    await mkdir(this.logDir, { recursive: true })
    const supervisor = new (await this.program())(this.env(), this.logDir, () => {})
    this.supervisor = supervisor
    await supervisor.start(this.role)
  }

  /** In its own order, and for good. */
  async stop(): Promise<void> {
    await this.supervisor?.stop()
    this.supervisor = undefined
  }

  /** Of the living process; waits for one that is being started again. */
  async pid(): Promise<number> {
    const pid = await until(
      async () => this.supervisor?.pidOf(this.role),
      (found) => found !== undefined,
      60_000,
    )
    if (pid === undefined) throw new Error(`${this.role} is not running`)
    return pid
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(), signal)
  }

  private async program(): Promise<typeof Supervisor> {
    if (this.processesDir === null) return Supervisor
    const built: { Supervisor: typeof Supervisor } = await import(
      join(this.processesDir, 'supervisor.js')
    )
    return built.Supervisor
  }
}
