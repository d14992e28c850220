import { connect } from 'node:net'
import { apiBase } from './bursar-command.js'

/** What came back over one connection: none, one or several answers, and who ended it. */
export interface RawExchange {
  readonly text: string
  readonly statuses: readonly number[]
  /** Whether the server closed the connection. */
  readonly isClosed: boolean
  readonly durationMs: number
}

/**
 * Sends these very bytes, which no HTTP client would. Waits until the server hangs up, or until it has said
 * nothing for a while: `idleMs` after the last byte.
 */
export function exchange(bytes: string | readonly string[], idleMs = 1_500): Promise<RawExchange> {
  const startedAtMs = Date.now()
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(apiBase()).port), '127.0.0.1')
    let text = ''
    let isClosed = false
    const end = () => {
      socket.destroy()
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
      resolve({ text, statuses, isClosed, durationMs: Date.now() - startedAtMs })
    }
    socket.setTimeout(idleMs, end)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.once('error', end)
    socket.once('end', () => {
      isClosed = true
      end()
    })
    for (const part of [bytes].flat()) socket.write(Buffer.from(part, 'latin1'))
  })
}

/** A request as text, with a Host. */
export function requestText(
  requestLine: string,
  headers: readonly string[] = [],
  body = '',
): string {
  const lines = [requestLine, 'Host: localhost', ...headers].map((line) => `${line}\r\n`)
  return `${lines.join('')}\r\n${body}`
}
