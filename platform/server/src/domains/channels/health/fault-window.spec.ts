import { describe, expect, test } from '@jest/globals'
import { FaultWindow } from './fault-window.js'

const noteAll = (window: FaultWindow, faults: readonly boolean[], everyMs = 100) =>
  faults.map((isFault, index) => window.note('order', isFault, 1_000_000 + index * everyMs))

describe('the window of faults', () => {
  test('has enough after five orders in a row without an answer', () => {
    expect(noteAll(new FaultWindow(), Array<boolean>(5).fill(true))).toEqual([
      ...Array<boolean>(4).fill(false),
      true,
    ])
  })

  test('begins anew with every answer', () => {
    const faults = [true, true, true, true, false, true, true, true, true]
    expect(noteAll(new FaultWindow(), faults)).not.toContain(true)
  })

  test('sees orders fail although queries are answered', () => {
    const window = new FaultWindow()
    const heard = [1, 2, 3, 4, 5].map((at) => {
      window.note('other', false, at)
      return window.note('order', true, at)
    })
    expect(heard.at(-1)).toBe(true)
  })

  test('has enough when half of twenty calls in a minute fail, although none in a row', () => {
    const faults = Array.from({ length: 20 }, (_, index) => index % 2 === 1)
    const heard = noteAll(new FaultWindow(), faults)
    expect(heard.slice(0, 19)).not.toContain(true)
    expect(heard[19]).toBe(true)
  })

  test('forgets what is more than a minute old', () => {
    const faults = Array.from({ length: 20 }, (_, index) => index % 2 === 1)
    expect(noteAll(new FaultWindow(), faults, 10_000)).not.toContain(true)
  })

  test('bears a clock that goes back', () => {
    const window = new FaultWindow()
    expect(window.note('order', true, 5_000_000)).toBe(false)
    expect(window.note('order', true, 1_000_000)).toBe(false)
  })
})
