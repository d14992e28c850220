import { describe, expect, test } from '@jest/globals'
import { actionOf, type Keystroke } from './shortcut.rules.js'

const press = (key: string, changes: Partial<Keystroke> = {}): Keystroke => ({
  key,
  hasModifier: false,
  isTaken: false,
  ...changes,
})

describe('shortcuts', () => {
  test('g and a letter go to a page', () => {
    expect(actionOf(press('g'), false)).toEqual({ kind: 'await_page' })
    expect(actionOf(press('p'), true)).toEqual({ kind: 'go', key: 'p' })
  })

  test('/ searches, ? helps, j and k move through rows', () => {
    expect(actionOf(press('/'), false).kind).toBe('search')
    expect(actionOf(press('?'), false).kind).toBe('help')
    expect(actionOf(press('j'), false)).toEqual({ kind: 'row', step: 1 })
    expect(actionOf(press('k'), false)).toEqual({ kind: 'row', step: -1 })
  })

  test('nothing happens while somebody writes, nor together with Ctrl, Alt or Meta', () => {
    expect(actionOf(press('g', { isTaken: true }), false).kind).toBe('none')
    expect(actionOf(press('k', { hasModifier: true }), false).kind).toBe('none')
    expect(actionOf(press('x'), false).kind).toBe('none')
  })
})
