import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { freePort } from '../../src/infra/net/free-port.js'
import { until } from './until.js'

export const isRedisInstalled = (): boolean => spawnSync('redis-server', ['--version']).status === 0

/** A real Redis on a port of its own that writes nothing to disk. */
export class RedisServer {
  private readonly port: number
  private child: ChildProcess

  private constructor(port: number, child: ChildProcess) {
    this.port = port
    this.child = child
  }

  static async start(): Promise<RedisServer> {
    const port = await freePort()
    const server = new RedisServer(port, run(port))
    await server.answers()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async restart(): Promise<void> {
    await this.stop()
    this.child = run(this.port)
    await this.answers()
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGKILL')
    await ended
  }

  private async answers(): Promise<void> {
    await until(
      () => isListening(this.port),
      (is) => is,
    )
  }
}

function run(port: number): ChildProcess {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  return spawn('redis-server', settings, { stdio: 'ignore' })
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
