import { BlockList, isIPv4 } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isAddressIn, isWithin, parseIpRange } from './ip-range.js'

const range = (text: string) => {
  const parsed = parseIpRange(text)
  if (!parsed) throw new Error(`${text} is no range`)
  return parsed
}

describe('parseIpRange', () => {
  test.each([
    '192.0.2.1',
    '192.0.2.0/24',
    '0.0.0.0/0',
    '2001:db8::/32',
    '2001:db8::1',
    '::/0',
    '::1/128',
    '::ffff:192.0.2.0/120',
    '64:ff9b::192.0.2.1',
  ])('reads %s', (text) => {
    expect(parseIpRange(text)).not.toBeNull()
  })

  test.each([
    '',
    'localhost',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/024',
    '192.0.2.0/',
    '192.0.2.0/24/24',
    '192.0.2.0/255.255.255.0',
    ' 192.0.2.0',
    '2001:db8::/129',
    'fe80::1%eth0',
    '[::1]',
    '::ffff:192.0.2.0/24',
  ])('does not read %j', (text) => {
    expect(parseIpRange(text)).toBeNull()
  })

  test.each(['10.0.0.1/8', '2001:db8::1/32'])('does not guess what %s means', (text) => {
    expect(parseIpRange(text)).toBeNull()
  })
})

describe('isAddressIn', () => {
  test('knows the first and the last address of a range, and their neighbours', () => {
    const ranges = [range('192.0.2.64/26')]
    const inside = ['192.0.2.64', '192.0.2.127']
    const outside = ['192.0.2.63', '192.0.2.128', '::', 'unknown', '', '192.0.2.64:443']
    expect(inside.map((address) => isAddressIn(address, ranges))).toEqual([true, true])
    expect(outside.filter((address) => isAddressIn(address, ranges))).toEqual([])
  })

  test('takes an IPv4 address that a dual-stack socket shows for what it is', () => {
    expect(isAddressIn('::ffff:10.1.2.3', [range('10.0.0.0/8')])).toBe(true)
    expect(isAddressIn('10.1.2.3', [range('::ffff:10.0.0.0/104')])).toBe(true)
    expect(isAddressIn('10.1.2.3', [range('::/0')])).toBe(false)
  })

  test('agrees with Node’s BlockList on every address and prefix', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, address, fc.nat(128), (inside, other, length) => {
        const network = networkOf(inside, length)
        const list = new BlockList()
        list.addSubnet(network.address, network.length, network.family)
        const ranges = [range(`${network.address}/${network.length}`)]
        for (const asked of [inside, other]) {
          const family = isIPv4(asked) ? 'ipv4' : 'ipv6'
          if (family !== network.family) continue
          expect(isAddressIn(asked, ranges)).toBe(list.check(asked, family))
        }
      }),
    )
  })
})

describe('isWithin', () => {
  test('is true of a part and of the same range, and not of the whole', () => {
    expect(isWithin(range('10.1.0.0/16'), range('10.0.0.0/8'))).toBe(true)
    expect(isWithin(range('10.0.0.0/8'), range('10.0.0.0/8'))).toBe(true)
    expect(isWithin(range('10.0.0.0/8'), range('10.1.0.0/16'))).toBe(false)
    expect(isWithin(range('11.0.0.0/16'), range('10.0.0.0/8'))).toBe(false)
    expect(isWithin(range('::1'), range('0.0.0.0/0'))).toBe(false)
  })
})

/** The network that an address is in, in a spelling that both sides read. */
function networkOf(address: string, length: number) {
  const family = isIPv4(address) ? ('ipv4' as const) : ('ipv6' as const)
  const bits = family === 'ipv4' ? 32 : 128
  const prefix = Math.min(length, bits)
  const { first } = range(address)
  const isMapped = family === 'ipv6' && range(address).bits === 32
  const value = isMapped ? (0xffffn << 32n) | first : first
  const masked = (value >> BigInt(bits - prefix)) << BigInt(bits - prefix)
  if (family === 'ipv4') {
    const octets = [24n, 16n, 8n, 0n].map((shift) => (masked >> shift) & 0xffn)
    return { family, address: octets.join('.'), length: prefix }
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((masked >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  )
  return { family, address: groups.join(':'), length: prefix }
}
