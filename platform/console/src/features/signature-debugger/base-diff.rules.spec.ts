import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { diffBases, visible } from './base-diff.rules.js'

const BASE = [
  '"@method": POST',
  '"@target-uri": https://pay.example.edu/v1/payments?x=1',
  '"content-type": application/json',
  '"@signature-params": ("@method" "@target-uri" "content-type");created=1;nonce="n"',
]

const text = (segments: { text: string }[] | null) => segments?.map((part) => part.text).join('')

describe('diffBases', () => {
  test('finds nothing in two equal strings', () => {
    const rows = diffBases(BASE.join('\n'), BASE.join('\n'))
    expect(rows.map(({ kind }) => kind)).toEqual(['same', 'same', 'same', 'same'])
    expect(rows.some(({ isFirstDifference }) => isFirstDifference)).toBe(false)
  })

  test('marks the part of the line that differs, and the first of several', () => {
    const received = BASE.join('\n').replace('?x=1', '').replace('created=1', 'created=2')
    const rows = diffBases(BASE.join('\n'), received)
    expect(rows.map(({ kind }) => kind)).toEqual(['same', 'changed', 'same', 'changed'])
    expect(rows[1]).toMatchObject({
      component: '"@target-uri"',
      isFirstDifference: true,
      expected: [{ differs: false }, { text: '?x=1', differs: true }],
      received: [{ differs: false }],
    })
    expect(rows[3]?.isFirstDifference).toBe(false)
  })

  test('shifts nothing when one side lacks a component', () => {
    const received = BASE.filter((line) => !line.startsWith('"content-type"')).join('\n')
    const rows = diffBases(BASE.join('\n'), received)
    expect(rows.map(({ kind }) => kind)).toEqual(['same', 'same', 'missing', 'same'])
    expect(rows[2]).toMatchObject({ component: '"content-type"', received: null })
  })

  test('shows a component that should not be there', () => {
    const received = BASE.toSpliced(2, 0, '"host": pay.example.edu').join('\n')
    const rows = diffBases(BASE.join('\n'), received)
    expect(rows.find(({ kind }) => kind === 'extra')?.component).toBe('"host"')
  })

  test('loses no character of either side, whatever they are', () => {
    const base = fc.array(fc.string(), { minLength: 1, maxLength: 8 }).map((all) => all.join('\n'))
    fc.assert(
      fc.property(base, base, (expected, received) => {
        const rows = diffBases(expected, received)
        const side = (name: 'expected' | 'received') =>
          rows.flatMap((row) => (row[name] === null ? [] : [text(row[name])])).join('\n')
        expect(side('expected')).toBe(expected)
        expect(side('received')).toBe(received)
        expect(rows.every(({ kind }) => kind === 'same')).toBe(expected === received)
      }),
    )
  })
})

describe('visible', () => {
  test('shows what nobody sees and a signature still covers', () => {
    expect(visible('POST\r', true)).toBe('POST␍')
    expect(visible('a  b  ', true)).toBe('a  b␠␠')
    expect(visible('a ', false)).toBe('a ')
  })
})
