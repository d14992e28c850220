import { execFile } from 'node:child_process'
import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'create-payment.sh')

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The signature base as RFC 9421 section 2.5 describes it, built from what arrived. */
function signatureBase({ method, headers }: Received, targetUri: string): string {
  const parameters = String(headers['signature-input']).replace(/^bursar=/, '')
  const [components = ''] = /\(([^)]*)\)/.exec(parameters)?.slice(1) ?? []
  const lines = components.split(' ').map((quoted) => {
    const name = quoted.replaceAll('"', '')
    const derived = { '@method': method, '@target-uri': targetUri }[name]
    return `${quoted}: ${derived ?? headers[name]}`
  })
  return [...lines, `"@signature-params": ${parameters}`].join('\n')
}

/** The script's whole point is to need no Node, so what it needs instead may be absent here. */
const versions = await Promise.allSettled([
  run('bash', ['--version']),
  run('curl', ['--version']),
  run('openssl', ['version']),
])
// CI has all three, so there their absence is a failure and not a reason to skip.
const isRunnable = versions.every(({ status }) => status === 'fulfilled')
const canRun = isRunnable || process.env.CI !== undefined
const describeWhereRunnable = canRun ? describe : describe.skip
if (!canRun) console.warn('create-payment.sh not tested: it needs bash, curl and openssl')

describeWhereRunnable('create-payment.sh (needs bash, curl and openssl)', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const received: Received[] = []
  let status = 201
  let work = ''
  let origin = ''
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(status).end('{"object":"payment"}')
  })

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'raw-http-'))
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(join(work, 'private.pem'), pem, { mode: 0o600 })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address && typeof address === 'object') origin = `http://127.0.0.1:${address.port}`
  })

  afterAll(async () => {
    server.close()
    await rm(work, { recursive: true })
  })

  const call = (...args: string[]) =>
    run('bash', [script, ...args], {
      env: {
        PATH: process.env.PATH,
        BURSAR_API_BASE: origin,
        BURSAR_KEY_ID: 'key_01',
        BURSAR_PRIVATE_KEY_FILE: join(work, 'private.pem'),
      },
    })

  const isSignedBy = (key: KeyObject, request: Received) => {
    const signature = Buffer.from(
      String(request.headers.signature).slice('bursar=:'.length, -1),
      'base64',
    )
    return verify(
      null,
      Buffer.from(signatureBase(request, `${origin}${request.url}`)),
      key,
      signature,
    )
  }

  test('sends a request whose signature verifies, over a digest that fits the body', async () => {
    const { stdout } = await call('1250', 'order-1')
    expect(stdout).toContain('"object":"payment"')
    const request = received.at(-1)
    expect(request).toMatchObject({ method: 'POST', url: '/v1/payments' })
    if (!request) return
    expect(JSON.parse(request.body)).toMatchObject({ out_trade_no: 'order-1', amount: 1250 })
    const digest = createHash('sha256').update(request.body).digest('base64')
    expect(request.headers['content-digest']).toBe(`sha-256=:${digest}:`)
    expect(isSignedBy(publicKey, request)).toBe(true)
    expect(isSignedBy(generateKeyPairSync('ed25519').publicKey, request)).toBe(false)
  })

  test('keeps the idempotency key and takes a new nonce when it is run again', async () => {
    await call('1250', 'order-2')
    await call('1250', 'order-2')
    const [first, second] = received.slice(-2)
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
    expect(second?.headers['signature-input']).not.toBe(first?.headers['signature-input'])
  })

  test('fails, and shows the answer, when the platform refuses', async () => {
    status = 401
    await expect(call('100')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('payment'),
      stderr: expect.stringContaining('HTTP 401'),
    })
  })
})
