import { describe, expect, test } from '@jest/globals'
import { newId } from '../../kernel/id.js'
import {
  channelClearing,
  departmentPayable,
  parseAccountCode,
  suspense,
} from './ledger.accounts.js'

describe('ledger accounts', () => {
  test('are read back from their codes', () => {
    const accounts = [channelClearing(newId('cha')), departmentPayable(newId('dept')), suspense()]
    for (const account of accounts) expect(parseAccountCode(account.code)).toEqual(account)
  })

  test('know that money at a channel is an asset and money owed a liability', () => {
    expect(channelClearing(newId('cha')).type).toBe('asset')
    expect(departmentPayable(newId('dept')).type).toBe('liability')
    expect(suspense()).toEqual({ code: 'suspense', type: 'liability' })
  })

  test('refuse an id of another kind', () => {
    expect(() => channelClearing(newId('dept'))).toThrow('begins with cha_')
    expect(() => departmentPayable('')).toThrow('begins with dept_')
  })

  test.each([
    '',
    'petty_cash',
    'suspense:',
    `suspense:${newId('cha')}`,
    'channel_clearing',
    'channel_clearing:',
    `channel_clearing:${newId('dept')}`,
    `channel_clearing:${newId('cha')}:x`,
    'toString',
  ])('do not take %j for a code of ours', (code) => {
    expect(parseAccountCode(code)).toBeNull()
  })
})
