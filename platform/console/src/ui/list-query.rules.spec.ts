import { describe, expect, test } from '@jest/globals'
import { toListQuery } from './list-query.rules.js'

describe('toListQuery', () => {
  test('turns days into the instants of Beijing days, the last one included', () => {
    expect(toListQuery({ from: '2026-11-22', to: '2026-11-22' })).toEqual({
      'created_at[gte]': '2026-11-21T16:00:00.000Z',
      'created_at[lt]': '2026-11-22T16:00:00.000Z',
    })
  })

  test('passes other filters as they are, and leaves out empty ones', () => {
    expect(toListQuery({ status: 'paid', payer: '', out_bill_no: undefined })).toEqual({
      status: 'paid',
    })
  })

  test.each(['yesterday', '2026-13-01', '2026-1-1'])('ignores %s, which is no day', (day) => {
    expect(toListQuery({ from: day })).toEqual({})
  })
})
