import { describe, expect, test } from '@jest/globals'
import { fromTraceTime, fromTxnTime, toTxnTime } from './unionpay.time.js'

describe('times on the wire', () => {
  test('are Beijing time, cut to the second', () => {
    expect(toTxnTime(new Date('2026-12-31T16:00:59.999Z'))).toBe('20270101000059')
    expect(fromTxnTime('20270101000059')).toEqual(new Date('2026-12-31T16:00:59Z'))
  })

  test.each(['20260230000000', '20261301000000', '2026120110300', '2026-12-01', '20261201246000'])(
    '%j is no moment',
    (text) => expect(fromTxnTime(text)).toBeNull(),
  )

  test.each([
    ['1201103112', '20261201103000', '2026-12-01T02:31:12Z'],
    ['0101000001', '20261231235959', '2026-12-31T16:00:01Z'],
    ['1231235958', '20270101000000', '2026-12-31T15:59:58Z'],
    ['0228120000', '20260228', '2026-02-28T04:00:00Z'],
  ])('%s near %s is %s', (text, start, moment) => {
    expect(fromTraceTime(text, start)).toEqual(new Date(moment))
  })
})
