import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import {
  consolePolicyOf,
  pageWithNonce,
} from '../../server/src/domains/console/console-page.rules.js'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}

export interface FakeAnswer {
  readonly status?: number
  readonly body?: unknown
}

export interface FakeCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** The built console under the server's own policy, and an API that says what a test wants said. */
export class ConsoleFakeServer {
  readonly calls: FakeCall[] = []
  readonly answers = new Map<string, (call: FakeCall) => FakeAnswer | Promise<FakeAnswer>>()
  readonly #server: Server
  readonly #dist: string
  #nonce = 0

  constructor(dist: string) {
    this.#dist = dist
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(500).end())
    })
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** `GET /v1/apps` and the like; a path may end in `*`. */
  on(route: string, answer: FakeAnswer | ((call: FakeCall) => FakeAnswer | Promise<FakeAnswer>)) {
    this.answers.set(route, typeof answer === 'function' ? answer : () => answer)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://fake')
    if (pathname.startsWith('/v1/')) return this.#answerApi(request, response, pathname, search)
    if (pathname === '/console/sign-in') return void response.end('<h1>sign-in page</h1>')
    const isAsset = pathname.startsWith('/console/assets/')
    const name = isAsset ? pathname.slice('/console/'.length) : 'console.html'
    const bytes = await readFile(join(this.#dist, name))
    this.#nonce += 1
    const nonce = `bm9uY2U${this.#nonce}`
    response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream')
    response.setHeader('content-security-policy', consolePolicyOf(nonce))
    response.end(isAsset ? bytes : pageWithNonce(bytes.toString('utf8'), nonce))
  }

  async #answerApi(
    request: IncomingMessage,
    response: ServerResponse,
    pathname: string,
    search: string,
  ): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = 'GET', headers } = request
    const body = Buffer.concat(chunks).toString('utf8')
    const call = { method, path: pathname + search, headers, body }
    this.calls.push(call)
    const route = [...this.answers.keys()].find((candidate) =>
      candidate.endsWith('*')
        ? `${method} ${pathname}`.startsWith(candidate.slice(0, -1))
        : `${method} ${pathname}` === candidate,
    )
    const answer = await (route === undefined
      ? { status: 404, body: problem(404, 'route_not_found', 'There is no such address.') }
      : this.answers.get(route)?.(call))
    response.writeHead(answer?.status ?? 200, {
      'content-type': 'application/json',
      'x-request-id': `req_${this.calls.length}`,
    })
    response.end(answer?.body === undefined ? '' : JSON.stringify(answer.body))
  }
}

export function problem(status: number, code: string, detail: string): object {
  return {
    type: `https://docs/errors/${code}`,
    title: code,
    status,
    code,
    detail,
    retryable: false,
  }
}
