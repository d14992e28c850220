import { verify } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '../../../kernel/clock.js'
import { AlipayClient } from './alipay.client.js'
import { alipayMerchant } from './alipay.settings.js'
import { makeAlipayFixture, signedAnswer } from './alipay-fixture.conformance.js'

const fixture = makeAlipayFixture()
const clock = new ManualClock(new Date('2026-12-01T02:00:00Z'))
const servers: Server[] = []
const CALL = {
  method: 'alipay.trade.query',
  bizContent: { out_trade_no: 'ORDER1', subject: '学费 & a=b+c%' },
} as const

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Sends one order query to a server that behaves as told. */
async function send(listener: RequestListener, deadlineMs = 2_000) {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const settings = { ...fixture.settings, base_url: `http://127.0.0.1:${port}/alipay` }
  const merchant = alipayMerchant({ ...fixture.account, settings })
  return new AlipayClient(clock).send(merchant, CALL, AbortSignal.timeout(deadlineMs))
}

const result = { code: '10000', msg: 'Success', out_trade_no: 'ORDER1' }
const genuine = signedAnswer(fixture.alipayPrivateKey, CALL.method, result)
const answering =
  (status: number, body: string | Buffer): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html;charset=utf-8' }).end(body)
  }

/** Alipay's own reading of a request: all parameters, sorted, without `sign`. */
function isSigned(parameters: URLSearchParams): boolean {
  const names = [...new Set(parameters.keys())].filter((name) => name !== 'sign').sort()
  const text = names.map((name) => `${name}=${parameters.get(name)}`).join('&')
  const signature = Buffer.from(parameters.get('sign') ?? '', 'base64')
  return verify('sha256', Buffer.from(text), fixture.appPublicKey, signature)
}

describe('AlipayClient', () => {
  test('signs a call over query and body together, in Beijing time', async () => {
    const seen: { request: IncomingMessage; body: string }[] = []
    const reply = await send(async (request, response) => {
      seen.push({ request, body: (await buffer(request)).toString() })
      answering(200, genuine)(request, response)
    })
    expect(reply).toMatchObject({ kind: 'believed', result })
    const [{ request, body } = { request: null, body: '' }] = seen
    const url = new URL(request?.url ?? '', 'http://localhost')
    expect(url.pathname).toBe('/alipay/gateway.do')
    expect(url.searchParams.get('timestamp')).toBe('2026-12-01 10:00:00')
    expect(url.searchParams.has('biz_content')).toBe(false)
    const form = new URLSearchParams(body)
    expect(JSON.parse(form.get('biz_content') ?? '')).toEqual(CALL.bizContent)
    expect(isSigned(new URLSearchParams([...url.searchParams, ...form]))).toBe(true)
  })

  test('puts a whole signed order into the address of a page', () => {
    const merchant = alipayMerchant(fixture.account)
    const return_url = 'https://pay.example.edu/r?a=1&b=2'
    const url = new URL(
      new AlipayClient(clock).redirectUrl(merchant, {
        ...CALL,
        method: 'alipay.trade.page.pay',
        return_url,
      }),
    )
    expect(url.origin + url.pathname).toBe('http://localhost:1/alipay/gateway.do')
    expect(url.searchParams.get('return_url')).toBe(return_url)
    expect(JSON.parse(url.searchParams.get('biz_content') ?? '')).toEqual(CALL.bizContent)
    expect(url.searchParams.get('timestamp')).toBe('2026-12-01 10:00:00')
    expect(isSigned(url.searchParams)).toBe(true)
  })

  test.each<[string, RequestListener]>([
    [
      'an unsigned success',
      answering(200, JSON.stringify({ alipay_trade_query_response: result })),
    ],
    ['an altered success', answering(200, genuine.replace('ORDER1', 'ORDER2'))],
    [
      'a signed answer that fits no schema',
      answering(200, signedAnswer(fixture.alipayPrivateKey, CALL.method, {})),
    ],
    ['a signed answer under another status', answering(500, genuine)],
    ['a proxy page', answering(502, '<html>Bad Gateway</html>')],
    ['an answer that is not UTF-8', answering(200, Buffer.from([0x7b, 0xff, 0x7d]))],
    ['a body without end', answering(200, 'x'.repeat(1024 * 1024 + 1))],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['a closed connection', (request) => request.socket.destroy()],
  ])('does not believe %s', async (_, listener) => {
    expect(await send(listener)).toMatchObject({
      kind: 'doubtful',
      reason: expect.stringMatching(/./),
    })
  })

  test('waits no longer than the deadline for the answer to begin, or to end', async () => {
    const startedAt = Date.now()
    expect((await send(() => {}, 150)).kind).toBe('doubtful')
    const dripping: RequestListener = (_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    }
    expect((await send(dripping, 150)).kind).toBe('doubtful')
    expect(Date.now() - startedAt).toBeLessThan(2_000)
  })
})
