import { describe, expect, test } from '@jest/globals'
import { keyOf, keyRow } from '../../../../test/security/signing-support.js'
import { checkKeyAddress } from './key-address.rules.js'

const key = (...allowed_ips: string[]) => keyRow(keyOf('ed25519'), { allowed_ips })

describe('checkKeyAddress', () => {
  test('lets every address pass when the key has no list, and does not even ask for it', () => {
    const request = {
      get ip(): string {
        throw new Error('asked')
      },
    }
    expect(() => checkKeyAddress(key(), request)).not.toThrow()
  })

  test.each(['10.0.0.1', '10.255.255.255', '::ffff:10.0.0.1', '2001:db8::5'])(
    'lets %s pass',
    (ip) => {
      expect(() => checkKeyAddress(key('10.0.0.0/8', '2001:db8::/64'), { ip })).not.toThrow()
    },
  )

  test.each([
    '11.0.0.1',
    '2001:db8:0:1::5',
    '::1',
    'unknown',
    '',
    '10.0.0.1:4711',
    '10.0.0.1, ::1',
  ])('refuses %j', (ip) => {
    expect(() => checkKeyAddress(key('10.0.0.0/8', '2001:db8::/64'), { ip })).toThrow(
      expect.objectContaining({ code: 'key_address_refused' }),
    )
  })
})
