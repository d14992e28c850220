import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Bursar, webhooks } from '@openbursar/sdk'
import { createSandbox, type Sandbox } from '@openbursar/sdk/testing'
import { PlatformSigner } from '../src/testing/platform-signer.js'

const BURSAR = resolve(import.meta.dirname, '../dist/bursar.js')
const work = mkdtempSync(join(tmpdir(), 'bursar-cli-'))
const cleaners: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleaners.splice(0).reverse()) await clean()
})
afterAll(() => rmSync(work, { recursive: true }))

interface Run {
  readonly child: ChildProcess
  readonly out: () => string[]
  readonly errors: () => string
  readonly ended: Promise<number | null>
}

function start(directory: string, ...args: string[]): Run {
  const { PATH } = process.env
  const child = spawn(process.execPath, [BURSAR, ...args], { cwd: directory, env: { PATH } })
  let out = ''
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  cleaners.push(() => {
    child.kill('SIGKILL')
    return ended
  })
  return { child, out: () => out.split('\n').filter(Boolean), errors: () => errors, ended }
}

async function serve(
  handle: (request: IncomingMessage, body: Buffer, response: ServerResponse) => unknown,
): Promise<{ origin: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    await handle(request, Buffer.concat(chunks), response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleaners.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, server }
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((done) => setTimeout(done, 10))
  }
}

/** The in-process sandbox, reachable over HTTP by another process. */
async function openPlatform() {
  let sandbox: Sandbox | undefined
  const { origin } = await serve(async (request, body, response) => {
    const { headers, method = 'GET', url } = request
    const init = { method, headers: Object.entries(headers).map(([k, v]) => [k, String(v)]) }
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const call = sandbox?.fetch(`${origin}${url}`, {
      ...init,
      signal: gone.signal,
      headers: Object.fromEntries(init.headers),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    })
    // A listener that was killed waits for nothing any more.
    const answer = await call?.catch(() => undefined)
    response.writeHead(answer?.status ?? 500, Object.fromEntries(answer?.headers ?? []))
    response.end(await answer?.text())
  })
  sandbox = createSandbox({ baseUrl: origin })
  const key = sandbox.newKey()
  const directory = mkdtempSync(join(work, 'app-'))
  const app = { api_base: origin, key_id: key.keyId, private_key: key.privateKey }
  writeFileSync(join(directory, 'app.json'), JSON.stringify(app))
  let count = 0
  const bursar = new Bursar(sandbox.clientOptions)
  /** Makes one event, `payment.created`, and answers the payment's number. */
  const happen = async (): Promise<string> => {
    count += 1
    const out_trade_no = `T-${count}`
    await bursar.payments.create({ out_trade_no, amount: 1, subject: 'x' })
    return out_trade_no
  }
  return { directory, happen, sandbox }
}

interface Arrived {
  readonly id: string
  readonly number: string
}

/** A receiver on this machine; `answer` says how each webhook is answered, null: not at all. */
async function openReceiver(answer: (count: number) => number | null = () => 204) {
  const arrived: Arrived[] = []
  const raw: { headers: IncomingMessage['headers']; body: string }[] = []
  const { origin } = await serve((request, body, response) => {
    const text = body.toString()
    const { data, id } = JSON.parse(text)
    arrived.push({ id, number: data.object.out_trade_no })
    raw.push({ headers: request.headers, body: text })
    const status = answer(arrived.length)
    if (status !== null) response.writeHead(status).end()
  })
  const numbers = () => arrived.map(({ number }) => number)
  return { arrived, numbers, raw, url: `${origin}/hooks` }
}

const isListening = ({ errors }: Run) => errors().includes('Verify them with the secret')
const stateOf = (directory: string): { after?: string; secret: string } =>
  JSON.parse(readFileSync(join(directory, '.bursar-listen.json'), 'utf8'))

describe('bursar listen', () => {
  let platform: Awaited<ReturnType<typeof openPlatform>>
  beforeEach(async () => {
    platform = await openPlatform()
  })
  /** Listens, and has remembered where it began. */
  const listen = async (url: string, ...options: string[]): Promise<Run> => {
    const run = start(platform.directory, 'listen', '--forward-to', url, ...options)
    const isReady = () => {
      try {
        return isListening(run) && stateOf(platform.directory) !== undefined
      } catch {
        return false
      }
    }
    await until(isReady, 'the listener to begin')
    return run
  }

  test('hands over what happens from now on, in order, signed as in live mode', async () => {
    await platform.happen()
    const receiver = await openReceiver()
    const run = await listen(receiver.url)
    const numbers = [await platform.happen(), await platform.happen(), await platform.happen()]
    await until(() => receiver.arrived.length === 3, 'three webhooks')
    expect(receiver.numbers()).toEqual(numbers)
    const { secret } = stateOf(platform.directory)
    expect(run.errors()).toContain(secret)
    for (const { body, headers } of receiver.raw) {
      const event = await webhooks.verify(body, headers, { secret })
      expect(headers['webhook-id']).toBe(event.id)
      expect(event.type).toBe('payment.created')
    }
    await until(() => run.out().length === 3, 'three lines')
    expect(run.out()[0]).toMatch(/^✓ \S+ payment\.created evt_\w+ → 204 in \d+ ms$/)
    // The secret is nobody else's business.
    expect(statSync(join(platform.directory, '.bursar-listen.json')).mode & 0o777).toBe(0o600)
    run.child.kill('SIGINT')
    expect(await run.ended).toBe(0)
  })

  test('sends an event again until it is taken, and lets none overtake it', async () => {
    const receiver = await openReceiver((count) => (count === 1 ? 500 : count === 2 ? 302 : 200))
    const run = await listen(receiver.url, '--json')
    const numbers = [await platform.happen(), await platform.happen()]
    await until(() => run.out().length === 4, 'four tries')
    expect(receiver.numbers()).toEqual([numbers[0], numbers[0], numbers[0], numbers[1]])
    expect(new Set(receiver.arrived.slice(0, 3).map(({ id }) => id)).size).toBe(1)
    expect(run.out().map((line) => JSON.parse(line))).toMatchObject([
      { attempt: 1, status: 500, retry_in_ms: 500, event: { type: 'payment.created' } },
      { attempt: 2, status: 302, retry_in_ms: 1_000 },
      { attempt: 3, status: 200, retry_in_ms: null },
      { attempt: 1, status: 200, retry_in_ms: null },
    ])
  })

  test('waits for a receiver that is not there yet', async () => {
    const run = await listen('http://127.0.0.1:9/hooks', '--json')
    await platform.happen()
    await until(() => run.out().length > 0, 'a first try')
    expect(JSON.parse(run.out()[0] ?? '')).toMatchObject({ status: null, retry_in_ms: 500 })
    run.child.kill('SIGTERM')
    expect(await run.ended).toBe(0)
    // Nobody took it, so it is still to come.
    const receiver = await openReceiver()
    await listen(receiver.url)
    await until(() => receiver.arrived.length === 1, 'the webhook')
  })

  test('goes on where it stopped: what happened meanwhile comes, and nothing twice', async () => {
    const receiver = await openReceiver()
    const first = await listen(receiver.url)
    const numbers = [await platform.happen()]
    await until(() => first.out().length === 1, 'the first webhook')
    first.child.kill('SIGINT')
    await first.ended
    numbers.push(await platform.happen(), await platform.happen())
    const { secret } = stateOf(platform.directory)
    const second = await listen(receiver.url)
    await until(() => second.out().length === 2, 'what happened meanwhile')
    expect(receiver.numbers()).toEqual(numbers)
    expect(stateOf(platform.directory).secret).toBe(secret)
  })

  test('killed between handing over and remembering, it hands the event over again and skips none', async () => {
    // The first webhook is never answered: the listener dies while it waits for the answer.
    const receiver = await openReceiver((count) => (count === 1 ? null : 204))
    const first = await listen(receiver.url)
    const numbers = [await platform.happen(), await platform.happen()]
    await until(() => receiver.arrived.length === 1, 'the first webhook')
    first.child.kill('SIGKILL')
    await first.ended
    const second = await listen(receiver.url)
    await until(() => second.out().length === 2, 'both webhooks')
    expect(receiver.numbers()).toEqual([numbers[0], numbers[0], numbers[1]])
    expect(receiver.arrived[0]?.id).toBe(receiver.arrived[1]?.id)
  })

  test('killed again and again at any moment, it leaves nothing out and keeps the order', async () => {
    const receiver = await openReceiver()
    let run = await listen(receiver.url)
    const numbers: string[] = []
    for (let round = 0; round < 8; round += 1) {
      for (let index = 0; index < 5; index += 1) numbers.push(await platform.happen())
      const wanted = receiver.arrived.length + 1 + (round % 4)
      await until(() => receiver.arrived.length >= wanted, 'some webhooks')
      run.child.kill('SIGKILL')
      await run.ended
      run = await listen(receiver.url)
    }
    await until(() => receiver.numbers().includes(numbers.at(-1) ?? ''), 'the last webhook')
    // In the order of their first arrival, and at most the one under way twice for each kill.
    expect([...new Set(receiver.numbers())]).toEqual(numbers)
    expect(receiver.arrived.length).toBeLessThanOrEqual(numbers.length + 8)
  }, 60_000)

  test('begins with the oldest event, or keeps to some types, when it is told to', async () => {
    const numbers = [await platform.happen(), await platform.happen()]
    const receiver = await openReceiver()
    await listen(receiver.url, '--from-start', '--types', 'payment.created,bill.paid')
    await until(() => receiver.arrived.length === 2, 'the old webhooks')
    expect(receiver.numbers()).toEqual(numbers)
    const [payment] = (await new Bursar(platform.sandbox.clientOptions).payments.list()).data
    await platform.sandbox.pay(payment?.id ?? '')
    const last = await platform.happen()
    await until(() => receiver.numbers().includes(last), 'the next of its type')
    expect(receiver.arrived).toHaveLength(3)
  })

  test('comes back when the platform was away', async () => {
    const receiver = await openReceiver()
    const run = await listen(receiver.url)
    platform.sandbox.faults.next({ status: 503, path: '/v1/events', times: 2 })
    await platform.happen()
    await platform.happen()
    await until(() => receiver.arrived.length === 2, 'the webhooks')
    await until(() => run.errors().includes('asking again'), 'the trouble to be told')
    const last = await platform.happen()
    await until(() => receiver.numbers().includes(last), 'the next webhook')
  })

  test('refuses a second listener with the same state, another app’s, and a broken one', async () => {
    const receiver = await openReceiver()
    const run = await listen(receiver.url)
    const again = start(platform.directory, 'listen', '--forward-to', receiver.url)
    expect(await again.ended).toBe(2)
    expect(again.errors()).toContain(`Process ${run.child.pid} listens`)
    run.child.kill('SIGINT')
    await run.ended
    const { keyId, privateKey } = platform.sandbox.newKey()
    writeFileSync(join(platform.directory, 'other.pem'), privateKey)
    const options = ['--key-id', keyId, '--private-key', 'other.pem']
    const other = start(platform.directory, 'listen', '--forward-to', receiver.url, ...options)
    expect(await other.ended).toBe(2)
    expect(other.errors()).toContain('Pass another --state')
    writeFileSync(join(platform.directory, '.bursar-listen.json'), '{"after":')
    const broken = start(platform.directory, 'listen', '--forward-to', receiver.url)
    expect(await broken.ended).toBe(2)
    expect(broken.errors()).toContain('is no state of bursar listen')
  })

  test('ends with 1 when the platform does not know the key', async () => {
    const stranger = createSandbox().newKey()
    writeFileSync(join(platform.directory, 'other.pem'), stranger.privateKey)
    const options = ['--key-id', stranger.keyId, '--private-key', 'other.pem']
    const url = 'http://127.0.0.1:9'
    const run = start(platform.directory, 'listen', '--forward-to', url, ...options)
    expect(await run.ended).toBe(1)
    expect(run.errors()).toContain('key_unknown')
  })
})

describe('the other commands', () => {
  /** Answers as the platform will, signed; remembers what it was asked. */
  async function openStub(answers: Record<string, object[]>) {
    const signer = new PlatformSigner()
    const asked: { call: string; body: unknown }[] = []
    const { origin } = await serve((request, body, response) => {
      const { headers, method = 'GET', url = '' } = request
      if (url === '/.well-known/jwks.json') {
        response.end(JSON.stringify(signer.jwks()))
        return
      }
      const call = `${method} ${url}`
      asked.push({ call, body: body.length > 0 ? JSON.parse(body.toString()) : undefined })
      const known = Object.keys(answers).find((start) => call.startsWith(start))
      const next = answers[known ?? '']?.shift()
      const status = next === undefined ? 404 : 200
      const text = JSON.stringify(next ?? { code: 'event_not_found', detail: 'No such event.' })
      const signed = headers['accept-signature']
        ? signer.responseHeaders({ method, url: `${origin}${url}` }, { status, body: text })
        : {}
      response.writeHead(status, { 'content-type': 'application/json', ...signed }).end(text)
    })
    const { keyId, privateKey } = createSandbox().newKey()
    const directory = mkdtempSync(join(work, 'stub-'))
    const app = { api_base: origin, key_id: keyId, private_key: privateKey }
    writeFileSync(join(directory, 'mine.json'), JSON.stringify(app))
    return { asked, directory }
  }
  const created_at = '2026-12-01T00:00:00.000Z'
  const list = (data: object[], next_cursor: string | null = null) => ({
    ...{ object: 'list', data, has_more: false, next_cursor },
  })

  test('trigger asks for a type and prints what happened', async () => {
    const event = { id: 'evt_1', object: 'event', type: 'payment.succeeded', created_at }
    const stub = await openStub({ 'POST /v1/test_helpers/events': [list([event])] })
    const options = ['--app', 'mine.json', '--object', '{"amount":500}']
    const run = start(stub.directory, 'trigger', 'payment.succeeded', ...options)
    expect(await run.ended).toBe(0)
    expect(run.out()).toEqual([`${created_at} payment.succeeded evt_1`])
    expect(stub.asked).toEqual([
      {
        call: 'POST /v1/test_helpers/events',
        body: { type: 'payment.succeeded', object: { amount: 500 } },
      },
    ])
  })

  test('events resend asks for one event, perhaps for one endpoint', async () => {
    const delivery = { id: 'dlv_1', event_type: 'bill.paid', endpoint_id: 'whk_1', created_at }
    const stub = await openStub({ 'POST /v1/events/evt_1/resend': [list([delivery])] })
    const options = ['--app', 'mine.json', '--endpoint', 'whk_1', '--json']
    const run = start(stub.directory, 'events', 'resend', 'evt_1', ...options)
    expect(await run.ended).toBe(0)
    expect(run.out().map((line) => JSON.parse(line))).toEqual([delivery])
    expect(stub.asked[0]?.body).toEqual({ endpoint: 'whk_1' })
    const unknown = start(stub.directory, 'events', 'resend', 'evt_2', '--app', 'mine.json')
    expect(await unknown.ended).toBe(1)
    expect(unknown.errors()).toContain('event_not_found: No such event.')
  })

  test('logs tail follows the log from place to place until it is stopped', async () => {
    const call = (id: string, status: number) => ({
      ...{ id, created_at, method: 'POST', path: '/v1/payments', status, duration_us: 12_345 },
      error_code: status === 201 ? null : 'payment_conflict',
    })
    const pages = [
      list([call('req_1', 201)], 'a-1'),
      list([], 'a-2'),
      list([call('req_2', 409)], 'a-3'),
    ]
    const stub = await openStub({ 'GET /v1/request_logs': pages })
    const options = ['--app', 'mine.json', '--method', 'post', '--path-prefix', '/v1/pay']
    const run = start(stub.directory, 'logs', 'tail', ...options)
    await until(() => run.out().length === 2, 'two calls')
    expect(run.out()).toEqual([
      `${created_at} 201 POST /v1/payments 12.3 ms req_1`,
      `${created_at} 409 POST /v1/payments 12.3 ms req_2 payment_conflict`,
    ])
    const query = 'order=asc&wait_seconds=25&method=POST&path_prefix=%2Fv1%2Fpay'
    expect(stub.asked.slice(0, 3).map((one) => one.call)).toEqual([
      `GET /v1/request_logs?${query}`,
      `GET /v1/request_logs?${query}&after=a-1`,
      `GET /v1/request_logs?${query}&after=a-2`,
    ])
    // The stub knows no more, and says so.
    expect(await run.ended).toBe(1)
  })

  test.each([
    [[], 0, /bursar listen +hand events/],
    [['--help'], 0, /bursar logs tail/],
    [['listen', '--help'], 0, /--forward-to <url>/],
    [['trigger', '-h'], 0, /Usage: bursar trigger <type>/],
    [['events', 'resend', '--help'], 0, /--endpoint <whk_…>/],
    [['logs', 'tail', '--help'], 0, /--status-class/],
    [['debug-signature', '--help'], 0, /Usage: bursar debug-signature/],
    [['dance'], 2, /There is no command "dance"/],
    [['events'], 2, /There is no command "events"/],
    [['listen', '--key-id', 'key_1'], 2, /Which app\?/],
    [['listen', '--loudly'], 2, /--loudly/],
    [['trigger', 'bill.paid', '--app', 'nowhere.json'], 2, /nowhere\.json/],
  ])('%j ends with %i and says why', async (args, code, words) => {
    const run = start(work, ...args)
    expect(await run.ended).toBe(code)
    expect(`${run.out().join('\n')}${run.errors()}`).toMatch(words)
  })
})
