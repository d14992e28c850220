import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { replaceMember, type VersionChange, type WireObject } from './version-change.js'
import { VersionHistory } from './version-history.js'
import { API_VERSION_LATEST, VERSION_HISTORY, VERSIONS } from './versions.js'

const description = { en: '', 'zh-CN': '' }

/** Renames a member of a thing, in answers and in what creates it. */
const renaming = (from: string, to: string): VersionChange => ({
  description,
  components: ['Thing'],
  responses: { thing: (newer) => replaceMember(newer, to, { [from]: newer[to] }) },
  requests: {
    'POST /v1/things': {
      introduces: [to],
      forwards: (older) => replaceMember(older, from, { [to]: older[from] }),
      pointers: { [`/${to}`]: `/${from}` },
    },
  },
})

const history = new VersionHistory([
  { date: '2026-01-01', changes: [] },
  { date: '2026-02-01', changes: [renaming('a', 'b')] },
  { date: '2026-03-01', changes: [renaming('b', 'c'), renaming('x', 'y')] },
])
const thing = { object: 'thing', c: 1, y: 2 }

describe('an answer', () => {
  test('goes back through every change since, newest first', () => {
    expect(history.asOf('2026-03-01', thing)).toBe(thing)
    expect(history.asOf('2026-02-01', thing)).toEqual({ object: 'thing', b: 1, x: 2 })
    expect(history.asOf('2026-01-01', thing)).toEqual({ object: 'thing', a: 1, x: 2 })
  })

  test('of a list goes back one by one; an event tells in the version it was written in', () => {
    const list = { object: 'list', data: [thing, { object: 'other', c: 1 }], has_more: false }
    expect(history.asOf('2026-01-01', list)).toEqual({
      object: 'list',
      data: [
        { object: 'thing', a: 1, x: 2 },
        { object: 'other', c: 1 },
      ],
      has_more: false,
    })
    const event = { object: 'event', data: { object: thing } }
    expect(history.asOf('2026-01-01', event)).toBe(event)
  })

  test('keeps the order of its members', () => {
    expect(Object.keys(history.asOf('2026-01-01', thing) as object)).toEqual(['object', 'a', 'x'])
  })

  test('for a version that only a newer process knows is the newest there is', () => {
    expect(history.asOf('2027-01-01', thing)).toBe(thing)
  })

  test.each([null, undefined, 'text', 7, [1]])(
    'that is no object (%j) stays what it is',
    (wire) => {
      expect(history.asOf('2026-01-01', wire)).toBe(wire)
    },
  )
})

describe('a request', () => {
  const forward = (date: string, body: unknown) =>
    history.bringForward(date, 'POST /v1/things', body)

  test('comes forward through every change since, oldest first', () => {
    const body = { c: 1, y: 2 }
    expect(forward('2026-01-01', { a: 1, x: 2 })).toEqual({ kind: 'body', body })
    expect(forward('2026-02-01', { b: 1, x: 2 })).toEqual({ kind: 'body', body })
    expect(forward('2026-03-01', body)).toEqual({ kind: 'body', body })
  })

  test('must not name what its version does not have', () => {
    const names = (date: string, body: object) => forward(date, body)
    expect(names('2026-01-01', { a: 1, c: 2 })).toEqual({ kind: 'unknown_fields', names: ['c'] })
    expect(names('2026-01-01', { b: 1 })).toEqual({ kind: 'unknown_fields', names: ['b'] })
    expect(names('2026-02-01', { b: 1, y: 1 })).toEqual({ kind: 'unknown_fields', names: ['y'] })
  })

  test('of another operation is not touched', () => {
    const body = { a: 1, b: 2, c: 3 }
    expect(history.bringForward('2026-01-01', 'POST /v1/others', body)).toEqual({
      kind: 'body',
      body,
    })
  })

  test('is pointed into by the names of its own version', () => {
    expect(history.pointersOf('2026-01-01', 'POST /v1/things')).toMatchObject({
      '/c': '/a',
      '/y': '/x',
    })
    expect(history.pointersOf('2026-02-01', 'POST /v1/things')).toMatchObject({ '/c': '/b' })
    expect(history.pointersOf('2026-03-01', 'POST /v1/things')).toEqual({})
  })
})

describe('the versions of this API', () => {
  test('are dated, in order, and the last is the newest', () => {
    const dates = VERSIONS.map(({ date }) => date)
    expect(dates).toEqual([...dates].sort())
    expect(new Set(dates).size).toBe(dates.length)
    expect(dates.at(-1)).toBe(API_VERSION_LATEST)
  })

  test('say what changed, in both languages, and name what they break', () => {
    for (const change of VERSIONS.flatMap(({ changes }) => changes)) {
      expect(change.description.en.length).toBeGreaterThan(20)
      expect(change.description['zh-CN'].length).toBeGreaterThan(10)
      expect(change.components.length).toBeGreaterThan(0)
    }
  })

  test('2026-12-01: a failure is two members', () => {
    const now = { object: 'refund', failure: { code: 'noauth', message: 'no' }, items: [] }
    expect(VERSION_HISTORY.asOf('2026-12-01', now)).toEqual({
      object: 'refund',
      failure_code: 'noauth',
      failure_message: 'no',
      items: [],
    })
    expect(VERSION_HISTORY.asOf('2026-12-01', { object: 'payment', failure: null })).toEqual({
      object: 'payment',
      failure_code: null,
      failure_message: null,
    })
  })

  test('2026-12-01: what a fee item is created with comes back as it was sent', () => {
    const rules = fc.record(
      { partial_payment_allowed: fc.boolean(), partial_payment_minimum: fc.option(fc.nat()) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(rules, (sent: WireObject) => {
        const route = 'POST /v1/fee_items/:id'
        const forward = VERSION_HISTORY.bringForward('2026-12-01', route, sent)
        if (forward.kind !== 'body') throw new Error('nothing in it is unknown')
        const kept = Object.assign({ object: 'fee_item', partial_payment: {} }, forward.body)
        const told = VERSION_HISTORY.asOf('2026-12-01', kept)
        expect(told).toEqual({ object: 'fee_item', ...sent })
      }),
    )
  })
})
