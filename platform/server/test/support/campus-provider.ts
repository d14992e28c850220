import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

/** A real OpenID provider in a process of its own, which lets everybody in under the login they type. */
export class CampusProvider {
  private constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(options: {
    readonly port: number
    readonly clientSecret: string
    readonly redirectUri: string
  }): Promise<CampusProvider> {
    const { port, clientSecret, redirectUri } = options
    const { NODE_OPTIONS: _, NODE_ENV: __, ...env } = process.env
    const program = join(import.meta.dirname, 'campus-provider-process.mjs')
    const child = fork(program, [String(port), clientSecret, redirectUri], {
      ...{ env, execArgv: [] },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code) => reject(new Error(`the provider ended with ${code}`)))
    })
    return new CampusProvider(`http://localhost:${port}`, child)
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGKILL')
    await ended
  }
}
