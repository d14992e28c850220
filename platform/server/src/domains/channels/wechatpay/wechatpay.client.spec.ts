import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../../kernel/clock.js'
import { WechatpayClient } from './wechatpay.client.js'
import { wechatpayMerchant } from './wechatpay.settings.js'
import { makeWechatpayFixture, signAsPlatform } from './wechatpay-fixture.conformance.js'

const fixture = makeWechatpayFixture()
const servers: Server[] = []

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
  const settings = { ...fixture.settings, base_url: `http://127.0.0.1:${port}/wechatpay` }
  const merchant = wechatpayMerchant({ ...fixture.account, settings })
  const client = new WechatpayClient(systemClock, deadlineMs)
  return client.send(merchant, { method: 'GET', path: '/v3/x?mchid=1900007291' })
}

const answering = (
  status: number,
  body: string,
  headers: Record<string, string> = signAsPlatform(fixture.platformPrivateKey, body, new Date()),
): RequestListener => {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(status === 204 ? undefined : body)
  }
}

describe('WechatpayClient', () => {
  test('believes a signed answer, whatever its status', async () => {
    expect(await send(answering(200, '{"a":1}'))).toEqual({
      kind: 'believed',
      status: 200,
      json: { a: 1 },
    })
    expect(await send(answering(404, '{"code":"ORDER_NOT_EXIST"}'))).toEqual({
      kind: 'believed',
      status: 404,
      json: { code: 'ORDER_NOT_EXIST' },
    })
    expect(await send(answering(204, ''))).toEqual({ kind: 'believed', status: 204, json: null })
  })

  test('sends path and query under the prefix, and names the key it expects', async () => {
    const seen: IncomingMessage[] = []
    await send((request, response) => {
      seen.push(request)
      answering(200, '{}')(request, response)
    })
    expect(seen[0]?.url).toBe('/wechatpay/v3/x?mchid=1900007291')
    expect(seen[0]?.headers).toMatchObject({
      accept: 'application/json',
      'wechatpay-serial': fixture.settings.platform_key_id,
      authorization: expect.stringMatching(/^WECHATPAY2-SHA256-RSA2048 mchid="1900007291",/),
    })
    expect(seen[0]?.headers).not.toHaveProperty('content-type')
  })

  const signed = signAsPlatform(fixture.platformPrivateKey, '{}', new Date())
  const stale = signAsPlatform(fixture.platformPrivateKey, '{}', new Date(Date.now() - 301_000))
  test.each<[string, RequestListener]>([
    ['an unsigned success', answering(200, '{}', {})],
    ['an unsigned refusal', answering(400, '{"code":"PARAM_ERROR"}', {})],
    ['an unsigned 204', answering(204, '', {})],
    ['an altered success', answering(200, '{"a":1}', signed)],
    ['an altered refusal', answering(404, '{"code":"ORDER_NOT_EXIST"}', signed)],
    ['an old answer', answering(200, '{}', stale)],
    ['a proxy page', answering(502, '<html>Bad Gateway</html>', {})],
    ['a signed page that is not JSON', answering(200, '<html></html>')],
    ['a redirect', answering(302, '', { location: 'http://127.0.0.1:1/' })],
    ['a body without end', answering(200, 'x'.repeat(1024 * 1024 + 1))],
    ['a closed connection', (request) => request.socket.destroy()],
    [
      'half an answer',
      (_, response) => {
        response.writeHead(200, { ...signed, 'content-length': '2' })
        response.write('{', () => response.destroy())
      },
    ],
  ])('does not believe %s', async (_, listener) => {
    expect(await send(listener)).toMatchObject({
      kind: 'doubtful',
      reason: expect.stringMatching(/./),
    })
  })

  test('waits no longer than the deadline for the answer to begin', async () => {
    const startedAt = Date.now()
    expect((await send(() => {}, 150)).kind).toBe('doubtful')
    expect(Date.now() - startedAt).toBeLessThan(2_000)
  })

  test('waits no longer than the deadline for the answer to end', async () => {
    const dripping: RequestListener = (_, response) => {
      response.writeHead(200, signed)
      response.write('{')
    }
    expect((await send(dripping, 150)).kind).toBe('doubtful')
  })

  test('does not throw when nobody listens', async () => {
    const settings = { ...fixture.settings, base_url: 'http://127.0.0.1:9' }
    const merchant = wechatpayMerchant({ ...fixture.account, settings })
    const reply = await new WechatpayClient(systemClock, 2_000).send(merchant, {
      method: 'POST',
      path: '/v3/x',
      json: {},
    })
    expect(reply).toMatchObject({ kind: 'doubtful' })
  })
})
