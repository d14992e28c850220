import { expect, test } from '@jest/globals'
import { AssertionError, assert } from './assert.js'

test('assert lets what holds pass, and stops at what does not', () => {
  expect(() => assert(1, 'holds')).not.toThrow()
  for (const broken of [false, null, undefined, 0, '']) {
    expect(() => assert(broken, 'a promise')).toThrow(new AssertionError('a promise'))
  }
})
