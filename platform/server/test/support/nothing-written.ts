import { afterAll, beforeAll, expect } from '@jest/globals'
import type { TestApp } from './platform.js'
import { countRows } from './platform-database.js'

/**
 * Everything in the file, or in the describe, is refused: it may leave no trace, not a row, not an event.
 * `prepare` makes what the refused calls are about, before the rows are counted.
 */
export function expectNothingWritten(appOf: () => TestApp, prepare: () => Promise<unknown>): void {
  let before: Record<string, number> = {}
  beforeAll(async () => {
    await prepare()
    before = await countRows(appOf())
    // A count that cannot grow would prove nothing.
    expect(before.payments).toBeGreaterThan(0)
    expect(before.events).toBeGreaterThan(0)
  }, 60_000)
  afterAll(async () => {
    expect(await countRows(appOf())).toEqual(before)
  })
}
