import { describe, expect, test } from '@jest/globals'
import { findUrlProblem, isAddressAllowed } from './webhook-url.rules.js'

describe('an address', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '198.17.255.255',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2400:3200::1',
  ])('%s is public: allowed in both modes', (address) => {
    expect(isAddressAllowed(address, true)).toBe(true)
    expect(isAddressAllowed(address, false)).toBe(true)
  })

  test.each(['127.0.0.1', '127.255.255.254', '::1'])(
    '%s is this machine: test mode only',
    (address) => {
      expect(isAddressAllowed(address, true)).toBe(false)
      expect(isAddressAllowed(address, false)).toBe(true)
    },
  )

  test.each([
    ['0.0.0.0', 'this network'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.127.255.255', 'carrier-grade NAT'],
    ['169.254.169.254', 'link-local: cloud metadata'],
    ['192.0.2.1', 'documentation'],
    ['198.18.0.1', 'benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::ffff:127.0.0.1', 'mapped loopback'],
    ['::ffff:10.0.0.1', 'mapped private'],
    ['::ffff:8.8.8.8', 'mapped public'],
    ['::ffff:a9fe:a9fe', 'mapped link-local'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['fc00::1', 'unique local'],
    ['fd12:3456::1', 'unique local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['2001::1', 'Teredo'],
    ['2002:7f00:1::', '6to4'],
    ['not an address', 'not an address'],
  ])('%s is refused in both modes (%s)', (address) => {
    expect(isAddressAllowed(address, true)).toBe(false)
    expect(isAddressAllowed(address, false)).toBe(false)
  })
})

describe('a URL', () => {
  test.each([
    'https://example.com/webhooks?a=1',
    'https://example.com:8443/',
    'https://8.8.8.8/hook',
    'https://[2606:4700:4700::1111]/',
  ])('%s is fine in both modes', (url) => {
    expect(findUrlProblem(url, true)).toBeNull()
    expect(findUrlProblem(url, false)).toBeNull()
  })

  test.each([
    'http://localhost:3000/hook',
    'http://localhost.:3000/hook',
    'http://127.0.0.1:3000/hook',
    'http://[::1]:3000/hook',
    'https://localhost/hook',
    'http://app.localhost/hook',
  ])('%s is fine in test mode only', (url) => {
    expect(findUrlProblem(url, false)).toBeNull()
    expect(findUrlProblem(url, true)).not.toBeNull()
  })

  test.each([
    'http://example.com/hook',
    'http://localhost.example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@example.com/',
    'https://user@example.com/',
    'https://10.0.0.1/',
    'https://0x7f.1.2.3.4/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    '/hook',
    'example.com/hook',
    '',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('%s is refused in both modes', (url) => {
    expect(findUrlProblem(url, true)).not.toBeNull()
    expect(findUrlProblem(url, false)).not.toBeNull()
  })

  test.each([
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
  ])('%s is recognised as this machine and refused in live mode', (url) => {
    expect(findUrlProblem(url, true)).not.toBeNull()
  })
})
