import { describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { csvLine, safeText } from './csv.rules.js'

describe('a line', () => {
  test('reads as the cells that were written, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 5 }), {
          minLength: 1,
        }),
        (rows) => {
          const text = rows.map((row) => csvLine(row)).join('')
          const options = { relax_column_count: true, record_delimiter: '\r\n' }
          expect(parse(text, options)).toEqual(rows)
        },
      ),
    )
  })

  test('quotes what a reader would take apart', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng', ' h', ''])).toBe('a,"b,c","d""e","f\ng"," h",\r\n')
  })
})

describe('a text', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n', ' =1', '　=1', '＝1', '＠x'])(
    'that a spreadsheet would run is none any more: %j',
    (text) => expect(safeText(text)).toBe(`'${text}`),
  )

  test.each(['学费', '1-1', 'a=b', 'pay_01jd', '', '2026-11-23'])(
    'like %j stays as it is',
    (text) => expect(safeText(text)).toBe(text),
  )
})
