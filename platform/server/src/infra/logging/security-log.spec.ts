import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { Logger } from '@nestjs/common'
import { newId } from '../../kernel/id.js'
import { reportSecurityEvent } from './security-log.js'

const lines: unknown[][] = []
const spies = (['warn', 'error'] as const).map((level) =>
  jest
    .spyOn(Logger.prototype, level)
    .mockImplementation((...line: unknown[]) => lines.push([level, ...line])),
)
afterEach(() => {
  lines.length = 0
  for (const spy of spies) spy.mockClear()
})

describe('a security event', () => {
  test('is one line under a stable name, with ids and a reason', () => {
    const account = newId('cha')
    reportSecurityEvent('notification_refused', { channel: 'alipay', account, reason: 'forged' })
    expect(lines).toEqual([
      [
        'warn',
        { security_event: 'notification_refused', channel: 'alipay', account, reason: 'forged' },
        'notification_refused',
      ],
    ])
  })

  test('that means money may be wrong is an error', () => {
    reportSecurityEvent('channel_disagrees', { attempt: newId('att'), reason: 'amount' })
    expect(lines[0]?.slice(0, 2)).toMatchObject(['error', { security_event: 'channel_disagrees' }])
  })

  test.each([
    '6222021234567890123',
    '12800',
    '../../etc/passwd',
    'line\nbreak',
    'Zhang San',
    'x'.repeat(65),
    '',
    '张三',
  ])('shows nothing of what somebody sent: %j', (text) => {
    reportSecurityEvent('notification_refused', { account: text, reason: text })
    expect(lines[0]?.[1]).toMatchObject({ account: '[not shown]', reason: '[not shown]' })
  })
})
