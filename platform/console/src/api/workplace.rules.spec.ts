import { describe, expect, test } from '@jest/globals'
import { basenameOf, pageElsewhere, pageOf, workplaceOf } from './workplace.rules.js'

describe('where a page works', () => {
  test('is what its address says', () => {
    expect(workplaceOf('/console/test/app_01/payments')).toEqual({ mode: 'test', app_id: 'app_01' })
    expect(workplaceOf('/console/live/app_01')).toEqual({ mode: 'live', app_id: 'app_01' })
  })

  test.each(['/console', '/console/apps', '/console/staging/app_01', '/console/test/bill_01', '/'])(
    '%s names no app',
    (path) => {
      expect(workplaceOf(path)).toBeNull()
    },
  )

  test('stands before the path of the page', () => {
    expect(basenameOf({ mode: 'test', app_id: 'app_01' })).toBe('/console/test/app_01')
    expect(basenameOf(null)).toBe('/console')
    expect(pageOf('/console/test/app_01/payments/pay_1')).toBe('/payments/pay_1')
    expect(pageOf('/console/test/app_01')).toBe('/')
    expect(pageOf('/console/apps')).toBe('/apps')
  })

  test('in another app or mode an object leads to its list', () => {
    expect(pageElsewhere('/payments/pay_1')).toBe('/payments')
    expect(pageElsewhere('/')).toBe('/')
  })
})
