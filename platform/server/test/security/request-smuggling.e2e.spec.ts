import { describe, expect, test } from '@jest/globals'
import { exchange, requestText } from '../support/raw-socket.js'

/** Would be answered with 200 if anybody took it for a request of its own. */
const HIDDEN = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
const POST = 'POST /v1/payments HTTP/1.1'
const JSON_TYPE = 'Content-Type: application/json'
const post = (headers: readonly string[], body: string) =>
  requestText(POST, [JSON_TYPE, ...headers], body)

/** One refusal, then silence: nobody can tell where a next request would begin (RFC 9112 section 6.3). */
async function expectHangUp(bytes: string): Promise<void> {
  const { statuses, isClosed, text } = await exchange(bytes)
  expect([statuses, isClosed]).toEqual([[400], true])
  expect(text).toMatch(/^content-type: application\/problem\+json/m)
  expect(text).toMatch(/^x-request-id: req_/m)
  expect(text).toMatch(/^x-content-type-options: nosniff/m)
  expect(text).toContain('"code":"request_invalid"')
}

test('the hidden request is one that would be answered', async () => {
  expect((await exchange(HIDDEN)).statuses).toEqual([200])
})

describe('the end of a body that two readers could see in two places', () => {
  const chunked = 'Transfer-Encoding: chunked'
  test.each([
    ['a length and chunks', post(['Content-Length: 5', chunked], `0\r\n\r\n${HIDDEN}`)],
    ['chunks and a length', post([chunked, 'Content-Length: 5'], `0\r\n\r\n${HIDDEN}`)],
    ['two lengths', post(['Content-Length: 2', 'Content-Length: 50'], `{}${HIDDEN}`)],
    ['one length twice', post(['Content-Length: 2', 'Content-Length: 2'], `{}${HIDDEN}`)],
    ['a list of lengths', post(['Content-Length: 2, 2'], `{}${HIDDEN}`)],
    ['a length with a plus', post(['Content-Length: +2'], `{}${HIDDEN}`)],
    ['a length below zero', post(['Content-Length: -2'], `{}${HIDDEN}`)],
    ['a length in hex', post(['Content-Length: 0x2'], `{}${HIDDEN}`)],
    ['an endless length', post([`Content-Length: ${'9'.repeat(30)}`], `{}${HIDDEN}`)],
    ['a name with a space', post(['Content-Length : 2'], `{}${HIDDEN}`)],
    ['a coding nobody knows', post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${HIDDEN}`)],
    ['a coding after chunks', post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${HIDDEN}`)],
    ['a coding with a tab', post(['Transfer-Encoding:\x0bchunked'], `0\r\n\r\n${HIDDEN}`)],
    ['a coding name with a space', post(['Transfer-Encoding : chunked'], `0\r\n\r\n${HIDDEN}`)],
    ['a chunk of G bytes', post([chunked], `G\r\n{}\r\n0\r\n\r\n${HIDDEN}`)],
    ['a chunk of -1 bytes', post([chunked], `-1\r\n{}\r\n0\r\n\r\n${HIDDEN}`)],
    ['a chunk of 0x2 bytes', post([chunked], `0x2\r\n{}\r\n0\r\n\r\n${HIDDEN}`)],
    ['a chunk beyond 2^64', post([chunked], `1${'0'.repeat(17)}2\r\n{}\r\n0\r\n\r\n${HIDDEN}`)],
    ['a chunk longer than said', post([chunked], `2\r\n{}xx\r\n0\r\n\r\n${HIDDEN}`)],
    ['a chunk size ended by LF', post([chunked], `2\n{}\r\n0\r\n\r\n${HIDDEN}`)],
    ['a folded header', post(['Content-Length: 2\r\n 0'], `{}${HIDDEN}`)],
    ['a folded coding', post(['Transfer-Encoding:\r\n chunked'], `0\r\n\r\n${HIDDEN}`)],
  ])('is refused: %s', (_, bytes) => expectHangUp(bytes))
})

describe('a head that two readers could read in two ways', () => {
  const get = (...headers: string[]) => requestText('GET /healthz HTTP/1.1', headers)
  test.each([
    ['lines ended by LF', 'GET /healthz HTTP/1.1\nHost: localhost\n\n'],
    ['a CR inside a value', get('X-A: a\rX-B: b')],
    ['a null inside a value', get('X-A: a\0b')],
    ['a control character inside a value', get('X-A: a\x01b')],
    ['a space inside a name', get('X A: a')],
    ['no name', get(': a')],
    ['no colon', get('X-A')],
    ['a version nobody speaks', requestText('GET /healthz HTTP/3.9')],
    ['a method nobody knows', requestText('GIVE /healthz HTTP/1.1')],
    ['a method in small letters', requestText('get /healthz HTTP/1.1')],
    ['a space inside the target', requestText('GET /healthz x HTTP/1.1')],
    ['a null inside the target', requestText('GET /health\0z HTTP/1.1')],
  ])('is refused: %s', (_, bytes) => expectHangUp(bytes))

  test.each([
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['a version of old', 'GET /healthz\r\n\r\n'],
    ['two hosts', get('Host: evil.example')],
    ['one host twice', get('Host: localhost')],
    ['two content types', get('Content-Type: text/plain', 'Content-Type: application/json')],
    ['two authorizations', get('Authorization: a', 'Authorization: b')],
    ['another host in the target', requestText('GET http://evil.example/healthz HTTP/1.1')],
    ['our host in the target', requestText('GET http://localhost/healthz HTTP/1.1')],
    ['a host after two slashes', requestText('GET //evil.example/healthz HTTP/1.1')],
    ['a star', requestText('OPTIONS * HTTP/1.1')],
  ])('is refused: %s', async (_, bytes) => {
    const { statuses, text } = await exchange(bytes)
    expect(statuses).toEqual([400])
    expect(text).toContain('"code":"request_invalid"')
    expect(text).not.toContain('evil.example')
  })

  test('is refused: a tunnel', async () => {
    const { statuses, isClosed } = await exchange(requestText('CONNECT evil.example:80 HTTP/1.1'))
    expect([statuses.filter((status) => status < 400), isClosed]).toEqual([[], true])
  })

  test('does not change the protocol', async () => {
    const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAAA']
    const { statuses } = await exchange(requestText('GET /healthz HTTP/1.1', upgrade))
    expect(statuses).toEqual([200])
  })
})

describe('a head that is too much', () => {
  test('is refused when it is larger than 16 KiB', async () => {
    const large = requestText('GET /healthz HTTP/1.1', [`X-A: ${'a'.repeat(17 * 1024)}`])
    const { statuses, isClosed, text } = await exchange(large)
    expect([statuses, isClosed]).toEqual([[431], true])
    expect(text).toContain('"code":"headers_too_large"')
    expect(text).toMatch(/^x-request-id: req_/m)
  })

  test('is refused when it has more than a hundred headers, instead of losing some', async () => {
    const headers = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: a`)
    const line = 'GET /healthz HTTP/1.1'
    expect((await exchange(requestText(line, headers(99)))).statuses).toEqual([200])
    expect((await exchange(requestText(line, headers(100)))).statuses).toEqual([400])
    expect((await exchange(requestText(line, headers(1_500)))).statuses).toEqual([400])
  })

  test('is refused when it takes too long', async () => {
    const slow = await exchange('GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', 30_000)
    expect([slow.statuses, slow.isClosed]).toEqual([[408], true])
    expect(slow.text).toContain('"code":"request_timeout"')
    expect(slow.durationMs).toBeGreaterThan(9_000)
    expect(slow.durationMs).toBeLessThan(20_000)
  }, 40_000)
})
