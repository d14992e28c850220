import { describe, expect, test } from '@jest/globals'
import { bills, fakeFetch, json, problem } from '../../test/support/fake-fetch.js'

const page = (ids: string[], next: string | null) =>
  json({
    object: 'list',
    data: ids.map((id) => ({ id })),
    has_more: next !== null,
    next_cursor: next,
  })

describe('list', () => {
  test('awaited, gives one page with the fields of the wire', async () => {
    const { fetch, sent } = fakeFetch(page(['a', 'b'], 'c1'))
    const found = await bills(fetch).list({ limit: 2 })
    expect(found.data.map((bill) => bill.id)).toEqual(['a', 'b'])
    expect(found).toMatchObject({ object: 'list', has_more: true, next_cursor: 'c1' })
    expect(sent.map((request) => request.url)).toEqual(['https://pay.test/v1/bills?limit=2'])
  })

  test('iterated, walks all pages with the same filters', async () => {
    const { fetch, sent } = fakeFetch(page(['a', 'b'], 'c1'), page([], 'c2'), page(['d'], null))
    const ids: string[] = []
    for await (const bill of bills(fetch).list({ status: 'open' })) ids.push(bill.id)
    expect(ids).toEqual(['a', 'b', 'd'])
    expect(sent.map((request) => new URL(request.url).search)).toEqual([
      '?status=open',
      '?status=open&cursor=c1',
      '?status=open&cursor=c2',
    ])
  })

  test('a page can be walked by hand', async () => {
    const { fetch } = fakeFetch(page(['a'], 'c1'), page(['b'], null))
    const first = await bills(fetch).list()
    const second = await first.nextPage()
    expect(second?.data).toEqual([{ id: 'b' }])
    expect(await second?.nextPage()).toBeUndefined()
  })

  test('toArray stops at its limit and fetches no page beyond it', async () => {
    const { fetch, sent } = fakeFetch(page(['a', 'b'], 'c1'), page(['c', 'd'], 'c2'))
    const found = await bills(fetch).list().toArray({ limit: 3 })
    expect(found.map((bill) => bill.id)).toEqual(['a', 'b', 'c'])
    expect(sent).toHaveLength(2)
  })

  test('fetches nothing until it is used, and once however often it is awaited', async () => {
    const { fetch, sent } = fakeFetch(page(['a'], null))
    const list = bills(fetch).list()
    expect(sent).toHaveLength(0)
    expect(await list).toBe(await list)
    expect(sent).toHaveLength(1)
  })

  test('stops with an error when a cursor leads back to itself', async () => {
    const { fetch } = fakeFetch(page(['a'], 'c1'), page(['a'], 'c1'))
    const all = bills(fetch).list().toArray({ limit: 100 })
    await expect(all).rejects.toMatchObject({ code: 'pagination_stuck' })
  })

  test('passes on the error of any page', async () => {
    const { fetch } = fakeFetch(page(['a'], 'c1'), problem(403, { code: 'scope_missing' }))
    const all = bills(fetch).list().toArray({ limit: 100 })
    await expect(all).rejects.toMatchObject({ code: 'scope_missing', status: 403 })
  })
})
