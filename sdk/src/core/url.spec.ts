import { describe, expect, test } from '@jest/globals'
import { buildUrl, fillPath } from './url.js'

describe('query', () => {
  test('writes dates, lists and nested filters, and leaves out what is undefined', () => {
    const query = {
      status: ['open', 'paid'],
      created_at: { gte: new Date('2026-12-01T00:00:00Z') },
      cursor: undefined,
      limit: 5,
    }
    expect(buildUrl('https://pay.test', '/v1/bills', query)).toBe(
      'https://pay.test/v1/bills?status=open&status=paid' +
        '&created_at%5Bgte%5D=2026-12-01T00%3A00%3A00.000Z&limit=5',
    )
  })

  test('is already normalised, so that fetch sends the signed characters', () => {
    const url = buildUrl('https://pay.test', '/v1/payers', { name: "O'Neil 张三 & co" })
    expect(new URL(url).href).toBe(url)
    expect(url).toContain('O%27Neil%20%E5%BC%A0%E4%B8%89%20%26%20co')
  })
})

describe('path', () => {
  test('escapes ids', () => {
    expect(fillPath('/v1/bills/{id}/lines/{line_id}', ['a/b', 'c?'])).toBe(
      '/v1/bills/a%2Fb/lines/c%3F',
    )
  })

  test.each([[''], ['.'], ['..']])('refuses %p, which would call another endpoint', (id) => {
    expect(() => fillPath('/v1/bills/{id}', [id])).toThrow(/\{id\} of \/v1\/bills\/\{id\}/)
  })
})
