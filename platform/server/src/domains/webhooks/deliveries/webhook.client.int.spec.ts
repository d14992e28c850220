import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type ReceivedRequest, startReceiver } from '../webhooks.fixture.js'
import { type HostAddress, type HostResolver, resolveHost } from './host.resolver.js'
import { WebhookClient } from './webhook.client.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function receiver(answer: (request: ReceivedRequest, response: ServerResponse) => void) {
  const started = await startReceiver(answer)
  cleanups.push(() => started.close())
  return started
}

function client(options: { deadlineMs?: number; resolve?: HostResolver } = {}): WebhookClient {
  const made = new WebhookClient(options.resolve ?? resolveHost, options)
  cleanups.push(() => made.close())
  return made
}

const request = (url: string, livemode = false) => ({
  url,
  livemode,
  headers: { 'content-type': 'application/json' },
  body: '{"你":"好"}',
})

describe('post', () => {
  test('tells status, headers and body of the answer', async () => {
    const { url, received } = await receiver((_, response) => {
      response.writeHead(201, { 'x-answer': '42' }).end('thanks')
    })
    const answer = await client().post(request(`${url}/hook?a=1`))
    expect(answer).toMatchObject({ response_status: 201, response_body: 'thanks', error: null })
    expect(answer.response_headers).toMatchObject({ 'x-answer': '42' })
    expect(received).toMatchObject([{ path: '/hook?a=1', body: '{"你":"好"}' }])
  })

  test('follows no redirect', async () => {
    const { url, received } = await receiver((_, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(await client().post(request(`${url}/hook`))).toMatchObject({ response_status: 302 })
    expect(received.map(({ path }) => path)).toEqual(['/hook'])
  })

  test('gives up when there is no answer before the deadline', async () => {
    const { url } = await receiver(() => {})
    const answer = await client({ deadlineMs: 200 }).post(request(url))
    expect(answer).toMatchObject({ response_status: null, response_body: null })
    expect(answer.error).toBe('There was no answer within 0.2 s.')
    expect(answer.duration_ms).toBeLessThan(1_000)
  })

  test('takes the status for the answer when the body never ends', async () => {
    const { url } = await receiver((_, response) => {
      response.writeHead(200).write('first')
    })
    const answer = await client({ deadlineMs: 300 }).post(request(url))
    expect(answer).toMatchObject({ response_status: 200, response_body: 'first', error: null })
  })

  test('keeps the first 16 KiB of a body and reads no further', async () => {
    const { url } = await receiver((_, response) => {
      response.writeHead(200)
      const more = () => response.destroyed || response.write('x'.repeat(65_536), more)
      more()
    })
    const answer = await client({ deadlineMs: 5_000 }).post(request(url))
    expect(answer.response_body).toBe('x'.repeat(16_384))
    expect(answer.duration_ms).toBeLessThan(4_000)
  })

  test('replaces what a database text cannot hold', async () => {
    const { url } = await receiver((_, response) => {
      response.end(Buffer.from([0x61, 0x00, 0xff, 0x62]))
    })
    const { response_body } = await client().post(request(url))
    expect(response_body).toBe('a\uFFFD\uFFFDb')
  })

  test('says why there was no answer, without naming addresses', async () => {
    const started = await startReceiver(() => {})
    await started.close()
    const { error } = await client().post(request(started.url))
    expect(error).toBe('The request failed: ECONNREFUSED.')
  })

  test('sends again at once when an idle connection turns out to be closed', async () => {
    let count = 0
    const { url, received } = await receiver((_, response) => {
      count++
      // The second request arrives on the kept connection, which ends without an answer.
      if (count === 2) response.destroy()
      else response.end('ok')
    })
    const one = client()
    expect(await one.post(request(url))).toMatchObject({ response_status: 200 })
    expect(await one.post(request(url))).toMatchObject({ response_status: 200, error: null })
    expect(received).toHaveLength(3)
  })
})

describe('a name', () => {
  const to =
    (...addresses: HostAddress[]): HostResolver =>
    async () =>
      addresses
  const refused = 'hook.example does not resolve to a public address.'

  test.each([
    ['private', { address: '10.0.0.1', family: 4 }],
    ['loopback', { address: '127.0.0.1', family: 4 }],
    ['link-local', { address: '169.254.169.254', family: 4 }],
    ['unique local', { address: 'fd00::1', family: 6 }],
    ['mapped', { address: '::ffff:127.0.0.1', family: 6 }],
  ] as const)('that resolves to a %s address is not connected to', async (_, address) => {
    const { error } = await client({ resolve: to(address) }).post(
      request('https://hook.example/', true),
    )
    expect(error).toBe(refused)
  })

  test('with one private address among public ones is not connected to', async () => {
    const resolve = to({ address: '8.8.8.8', family: 4 }, { address: '10.0.0.1', family: 4 })
    expect((await client({ resolve }).post(request('https://hook.example/', true))).error).toBe(
      refused,
    )
  })

  test('that resolves to nothing is not connected to', async () => {
    expect((await client({ resolve: to() }).post(request('https://hook.example/'))).error).toBe(
      refused,
    )
  })

  test('is resolved once, and the connection goes to that very address', async () => {
    const { url, received } = await receiver((_, response) => response.end())
    let lookups = 0
    const resolve: HostResolver = async () => {
      lookups++
      // Whoever asks twice gets another answer, as in DNS rebinding.
      return [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
    }
    const address = url.replace('localhost', 'app.localhost')
    const answer = await client({ resolve }).post(request(address))
    expect(answer).toMatchObject({ response_status: 200 })
    expect(received[0]?.headers.host).toBe(new URL(address).host)
    expect(lookups).toBe(1)
  })

  test('in live mode never reuses a connection that test mode made', async () => {
    const { url, received } = await receiver((_, response) => response.end())
    const one = client()
    await one.post(request(url, false))
    const { error } = await one.post(request(url, true))
    expect(error).toContain('must be a public address in live mode')
    expect(received).toHaveLength(1)
  })

  test.each(['https://10.0.0.1/', 'https://[::1]/', 'http://8.8.8.8/'])(
    '%s, an address that needs no look-up, is judged all the same',
    async (url) => {
      const answer = await client({ deadlineMs: 500 }).post(request(url, true))
      expect(answer.error).toMatch(/^The endpoint's url must/)
    },
  )
})
