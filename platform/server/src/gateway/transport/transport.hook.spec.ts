import { describe, expect, test } from '@jest/globals'
import { findProblem, securityHeaders } from './transport.hook.js'

const head = (rawHeaders: readonly string[], url = '/v1/payments', httpVersion = '1.1') => {
  const host = rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'host') + 1]
  const headers = rawHeaders.some((name) => name.toLowerCase() === 'host') && host ? { host } : {}
  return findProblem({ url, httpVersion, headers, rawHeaders: [...rawHeaders] })
}

describe('the head of a request', () => {
  test.each([
    ['one host', head(['Host', 'a', 'X-A', '1', 'X-A', '2'])],
    ['HTTP/1.0 without a host', head([], '/healthz', '1.0')],
    ['the root', head(['host', 'a'], '/')],
  ])('passes with %s', (_, problem) => expect(problem).toBeNull())

  test.each([
    ['no host', head([]), 'missing'],
    ['HTTP/0.9', head([], '/', '0.9'), 'missing'],
    ['two hosts', head(['Host', 'a', 'hOST', 'a']), 'twice'],
    ['two types', head(['Host', 'a', 'Content-Type', 'x', 'content-type', 'x']), 'twice'],
    ['an absolute target', head(['Host', 'a'], 'http://a/'), 'one slash'],
    ['two slashes', head(['Host', 'a'], '//a/'), 'one slash'],
    ['no target', head(['Host', 'a'], ''), 'one slash'],
    ['too many headers', head(['Host', 'a', ...Array(202).fill('x')]), '100'],
  ])('is refused with %s', (_, problem, why) => expect(problem).toContain(why))
})

test('https is promised only where it is spoken', () => {
  const names = (isSecure: boolean) => securityHeaders(isSecure).map(([name]) => name)
  expect(names(true)).toContain('strict-transport-security')
  expect(names(false)).not.toContain('strict-transport-security')
})
