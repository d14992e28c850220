import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fromWireMoment, fromWireStamp, toWireMoment, toWireStamp } from './abc.time.js'

describe('the bank’s times', () => {
  test('stand in Shanghai', () => {
    const moment = new Date('2026-11-30T16:00:01.999Z')
    expect(toWireMoment(moment)).toEqual({ date: '2026/12/01', time: '00:00:01' })
    expect(toWireStamp(moment)).toBe('20261201000001')
  })

  test('come back as they went, to the second', () => {
    const from = new Date('2000-01-01T00:00:00Z')
    const to = new Date('2099-12-31T00:00:00Z')
    fc.assert(
      fc.property(fc.date({ min: from, max: to, noInvalidDate: true }), (moment) => {
        const seconds = new Date(Math.floor(moment.getTime() / 1000) * 1000)
        const { date, time } = toWireMoment(moment)
        expect(fromWireMoment(date, time)).toEqual(seconds)
        expect(fromWireStamp(toWireStamp(moment))).toEqual(seconds)
      }),
    )
  })

  test.each([
    ['2026/02/30', '10:00:00'],
    ['2026/13/01', '10:00:00'],
    ['2026/01/01', '24:00:00'],
    ['2026-01-01', '10:00:00'],
    ['2026/1/1', '10:00:00'],
    ['', ''],
  ])('%j %j is no moment', (date, time) => {
    expect(fromWireMoment(date, time)).toBeNull()
  })

  test('a stamp of another length is no moment', () => {
    expect(fromWireStamp('202612010000')).toBeNull()
  })
})
