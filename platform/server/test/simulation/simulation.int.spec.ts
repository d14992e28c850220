import { randomInt } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../support/database.js'
import { PLANTED_BUGS } from './planted-bugs.js'
import { simulate } from './simulation.js'
import { STORED_SEEDS } from './stored-seeds.js'

let db: TestDatabase
beforeEach(async () => {
  db = await createTestDatabase()
})
afterEach(() => db.drop())

const FRESH = randomInt(2 ** 31)

describe('the money core, whatever happens in whatever order,', () => {
  test(`keeps its books right under the fresh seed ${FRESH}`, async () => {
    const { findings } = await simulate({ databaseUrl: db.url, seed: FRESH, steps: 3_000 })
    expect(findings).toEqual([])
  }, 600_000)

  test.each(STORED_SEEDS)(
    'keeps its books right under the seed $seed, which once found: $found',
    async ({ seed, steps }) => {
      const { findings } = await simulate({ databaseUrl: db.url, seed, steps })
      expect(findings).toEqual([])
    },
    600_000,
  )
})

describe('the simulation finds the bug', () => {
  test.each(PLANTED_BUGS)(
    '%s',
    async (bug) => {
      const { findings } = await simulate({ databaseUrl: db.url, seed: 7, steps: 20_000, bug })
      expect(findings).not.toEqual([])
    },
    600_000,
  )
})
