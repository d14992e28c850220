import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start.errors.js'

const RESTART_DELAY_MS = 500
/** A role that keeps dying is tried less and less often. */
const RESTART_DELAY_MS_MAX = 10_000
/** A role that lived this long died of something new. */
const HEALTHY_AFTER_MS = 60_000
const STOP_TIMEOUT_MS = 15_000
const READY_TIMEOUT_MS = 60_000

export type RoleName = 'api' | 'worker' | 'simulators'

/**
 * Runs each role as a process of its own and starts it again when it dies. When this process dies, the
 * roles notice the closed channel and stop by themselves.
 */
export class Supervisor {
  private readonly children = new Map<RoleName, ChildProcess>()
  private isStopping = false

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly logDir: string,
    private readonly onExit: (role: RoleName, how: string) => void,
  ) {}

  /** Resolves when the role says that it is ready; rejects when it dies before. */
  async start(role: RoleName): Promise<void> {
    await this.launch(role, RESTART_DELAY_MS)
  }

  /** For whoever watches a role, or breaks it on purpose; absent while it is dead. */
  pidOf(role: RoleName): number | undefined {
    const child = this.children.get(role)
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined
  }

  async stop(): Promise<void> {
    this.isStopping = true
    await Promise.all([...this.children.values()].map(stopChild))
  }

  private launch(role: RoleName, restartDelayMs: number): Promise<void> {
    if (this.isStopping) return Promise.reject(new StartError(`${role} is not started any more`))
    const child = this.fork(role)
    const startedAt = Date.now()
    return new Promise((resolve, reject) => {
      const fail = (how: string) =>
        reject(new StartError(`${role} ${how}; see ${join(this.logDir, `${role}.log`)}`))
      const timer = setTimeout(() => {
        fail('did not become ready')
        child.kill('SIGKILL')
      }, READY_TIMEOUT_MS)
      let isReady = false
      child.once('message', () => {
        isReady = true
        clearTimeout(timer)
        resolve()
      })
      child.once('error', (error) => {
        clearTimeout(timer)
        fail(`could not be started: ${error.message}`)
      })
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        fail('stopped before it was ready')
        const isHealthy = Date.now() - startedAt > HEALTHY_AFTER_MS
        if (isReady) {
          this.restart(
            role,
            signal ?? `code ${code}`,
            isHealthy ? RESTART_DELAY_MS : restartDelayMs,
          )
        }
      })
    })
  }

  private fork(role: RoleName): ChildProcess {
    const log = openSync(join(this.logDir, `${role}.log`), 'a')
    try {
      const child = fork(join(import.meta.dirname, `${role}.main.js`), {
        env: this.env,
        execArgv: ['--enable-source-maps'],
        // Ctrl-C reaches the whole group; the roles must stop when we say so, in order.
        detached: true,
        stdio: ['ignore', log, log, 'ipc'],
      })
      this.children.set(role, child)
      return child
    } finally {
      closeSync(log)
    }
  }

  private restart(role: RoleName, how: string, delayMs: number): void {
    if (this.isStopping) return
    this.onExit(role, how)
    const nextDelayMs = Math.min(delayMs * 2, RESTART_DELAY_MS_MAX)
    setTimeout(() => {
      if (this.isStopping) return
      this.launch(role, nextDelayMs).catch(() => this.restart(role, 'a failed start', nextDelayMs))
    }, delayMs)
  }
}

function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return Promise.resolve()
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
