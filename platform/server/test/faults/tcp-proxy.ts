import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * Stands between two processes, so that what is between them can be broken: shared out among several
 * targets in turn, held up, cut. One that refuses is passed over, as a load balancer does it.
 */
export class TcpProxy {
  /** What comes back from the target is held up this long. */
  delayMs = 0
  private readonly port: number
  private readonly targets: readonly number[]
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined
  private turn = 0

  constructor(port: number, targets: readonly number[]) {
    this.port = port
    this.targets = targets
  }

  async open(): Promise<void> {
    const server = createServer((client) => this.serve(client))
    this.server = server
    server.listen(this.port, 'localhost')
    await once(server, 'listening')
  }

  /** From now on a caller is refused, and whoever is connected is cut off. */
  async close(): Promise<void> {
    const server = this.server
    if (!server) return
    this.server = undefined
    for (const socket of this.sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }

  private serve(client: Socket): void {
    this.keep(client)
    client.pause()
    this.connectTo(client, this.turn++, this.targets.length)
  }

  private connectTo(client: Socket, turn: number, triesLeft: number): void {
    const port = this.targets[turn % this.targets.length]
    if (port === undefined || triesLeft === 0) {
      client.destroy()
      return
    }
    const target = connect({ port, host: 'localhost' })
    let isConnected = false
    target.once('connect', () => {
      isConnected = true
      this.keep(target)
      this.join(client, target)
    })
    target.once('error', () => {
      if (isConnected) client.destroy()
      else this.connectTo(client, turn + 1, triesLeft - 1)
    })
  }

  private join(client: Socket, target: Socket): void {
    client.on('data', (chunk) => target.write(chunk))
    target.on('data', (chunk) => this.later(() => client.write(chunk)))
    client.once('close', () => target.destroy())
    target.once('close', () => this.later(() => client.end()))
    client.resume()
  }

  private later(work: () => void): void {
    if (this.delayMs > 0) setTimeout(work, this.delayMs)
    else work()
  }

  private keep(socket: Socket): void {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
  }
}
