import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'

/** The wire shape, written from the API's description and not from the page's own types. */
export interface WirePayment {
  id: string
  channel: string
  method: string
  status: string
  action: Record<string, unknown> | null
  phone_url: string | null
  failure_message: string | null
}

export interface WireView {
  reference: string
  title: string
  institution_name: string
  department_name: string
  amount: number
  currency: string
  status: string
  expires_at: string
  livemode: boolean
  items: { title: string; amount: number; payer_name: string | null }[]
  channels: { code: string; methods: string[] }[]
  payment: WirePayment | null
  paid_at: string | null
  return_url: string | null
}

export interface WireProblem {
  status: number
  code: string
  detail: string
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const QR_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21"><path fill="#fff" d="M0 0h21v21H0z"/>' +
  '<path d="M0 0h7v7H0zM14 0h7v7h-7zM0 14h7v7H0zM9 9h4v4H9z"/></svg>'

/** Answers what the platform's API process answers below /cashier, from what a test sets. */
export class CashierFakeServer {
  readonly views = new Map<string, WireView>()
  /** What a POST to pay does; it may change the view or refuse. */
  onPay: (view: WireView, choice: { channel: string; method: string }) => WireProblem | null = () =>
    null
  /** What a POST to confirm does. */
  onConfirm: (view: WireView, pin: string) => WireProblem | null = () => null
  /** Status of every API answer while the "platform" is broken; null when it is well. */
  brokenStatus: number | null = null
  isQrBroken = false
  /** How far the server's clock is ahead of this machine's. */
  clockOffsetMs = 0
  readonly pays: string[] = []
  /** Addresses of requests that said where they came from: the token would leak that way. */
  readonly referrers: string[] = []
  /** Visits of the provider's pages, with the referrer they were told. */
  readonly visits: string[] = []
  readCount = 0
  qr = QR_SVG
  origin = ''
  readonly #dist: string
  readonly #server: Server

  constructor(dist: string) {
    this.#dist = dist
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(500).end())
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the fake has no port')
    this.origin = `http://127.0.0.1:${address.port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  now(offsetMs = 0): string {
    return new Date(Date.now() + this.clockOffsetMs + offsetMs).toISOString()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.origin)
    const [, root, folder = '', token = '', verb] = pathname.split('/')
    const { referer } = request.headers
    // A provider may know our origin, and nobody the address: it is the credential.
    const isOrigin = folder === 'provider' && referer === `${this.origin}/`
    const isOfProvider = referer?.includes('/cashier/provider/') ?? false
    if (referer !== undefined && !isOrigin && !isOfProvider)
      this.referrers.push(`referrer at ${pathname}`)
    if (root !== 'cashier') return send(response, 404, 'text/plain', '')
    if (folder === 'assets') return this.#sendFile(response, join('assets', token))
    if (folder === 'qr') {
      return send(
        response,
        this.isQrBroken ? 503 : 200,
        'image/svg+xml',
        this.isQrBroken ? '' : this.qr,
      )
    }
    // The provider's own pages, as far as the cashier leads there.
    if (folder === 'provider') {
      this.visits.push(`${request.method} ${token} ${request.headers.referer ?? 'no referrer'}`)
      return send(response, 200, 'text/html; charset=utf-8', '<h1>provider</h1>')
    }
    if (folder === 'api') return this.#answerApi(request, response, token, verb)
    return this.#sendFile(response, 'cashier.html')
  }

  async #answerApi(
    request: IncomingMessage,
    response: ServerResponse,
    token: string,
    verb: string | undefined,
  ): Promise<void> {
    const view = this.views.get(token)
    if (verb === undefined) this.readCount += 1
    if (this.brokenStatus !== null) return send(response, this.brokenStatus, 'text/html', 'broken')
    if (view === undefined) {
      return sendProblem(response, { status: 404, code: 'not_found', detail: 'No such checkout.' })
    }
    if (verb === 'pay' && request.method === 'POST') {
      const choice = JSON.parse(await readBody(request))
      this.pays.push(`${choice.channel}/${choice.method}`)
      const problem = this.onPay(view, choice)
      if (problem !== null) return sendProblem(response, problem)
    }
    if (verb === 'confirm' && request.method === 'POST') {
      const { pin } = JSON.parse(await readBody(request))
      const problem = this.onConfirm(view, pin)
      if (problem !== null) return sendProblem(response, problem)
    }
    send(response, 200, 'application/json', JSON.stringify({ ...view, server_time: this.now() }))
  }

  async #sendFile(response: ServerResponse, path: string): Promise<void> {
    const body = await readFile(join(this.#dist, path))
    send(response, 200, TYPES[extname(path)] ?? 'application/octet-stream', body)
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Security-Policy': "default-src 'self'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

function sendProblem(response: ServerResponse, problem: WireProblem): void {
  send(response, problem.status, 'application/problem+json', JSON.stringify(problem))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
