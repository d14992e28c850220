import { connect, type Socket } from 'node:net'
import type { PreparedRequest } from './signed-requests.js'

export interface Answer {
  readonly status: number
  readonly body: string
}

const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * One keep-alive connection with one request under way, over a bare socket: on a small machine a
 * full HTTP client would cost as much as the server it measures. Both sides are driven by it.
 */
export class Connection {
  private readonly socket: Socket
  private received: Buffer = Buffer.alloc(0)
  private onAnswer: (answer: Answer) => void = () => {}
  private onFailure: (error: Error) => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.receive(chunk))
    socket.on('error', (error) => this.onFailure(error))
    socket.on('close', () => this.onFailure(new Error('the server closed the connection')))
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => resolve(new Connection(socket)))
      socket.once('error', reject)
    })
  }

  exchange(request: PreparedRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.onAnswer = resolve
      this.onFailure = reject
      this.socket.write(request.bytes)
    })
  }

  close(): void {
    this.onFailure = () => {}
    this.socket.destroy()
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    const headEnd = this.received.indexOf(HEAD_END)
    if (headEnd === -1) return
    const head = this.received.toString('latin1', 0, headEnd)
    const length = /\r\ncontent-length: ?(\d+)/i.exec(head)?.[1]
    if (length === undefined) {
      this.onFailure(new Error(`an answer without Content-Length:\n${head}`))
      return
    }
    const bodyStart = headEnd + HEAD_END.length
    const end = bodyStart + Number(length)
    if (this.received.length < end) return
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.received.toString('utf8', bodyStart, end),
    }
    this.received = Buffer.alloc(0)
    this.onAnswer(answer)
  }
}
