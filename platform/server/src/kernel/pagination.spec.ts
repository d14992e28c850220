import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toPage } from './pagination.js'

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index}` }))

describe('toPage', () => {
  test('cuts the row that only told of more, and points behind the last one kept', () => {
    expect(toPage(rows(4), 3)).toEqual({ rows: rows(3), next_cursor: '2' })
  })

  test.each([0, 1, 3])('is the last page with %i of 3 rows', (count) => {
    expect(toPage(rows(count), 3)).toEqual({ rows: rows(count), next_cursor: null })
  })

  test('walked to the end leaves out nothing and repeats nothing', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 10 }), (count, limit) => {
        const all = rows(count)
        const seen: string[] = []
        let cursor: string | null = null
        do {
          const start: number = cursor === null ? 0 : Number(cursor) + 1
          const page = toPage(all.slice(start, start + limit + 1), limit)
          seen.push(...page.rows.map(({ id }) => id))
          cursor = page.next_cursor
        } while (cursor !== null)
        expect(seen).toEqual(all.map(({ id }) => id))
      }),
    )
  })
})
