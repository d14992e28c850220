import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'

describe('database', () => {
  let testDatabase: TestDatabase
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
  })
  afterAll(() => testDatabase.drop())

  test('gives bigint columns as bigint, beyond what a float can hold', async () => {
    const [row] = await testDatabase.database.query<{ big: bigint }>(
      'select 9007199254740993::bigint as big',
    )
    expect(row?.big).toBe(9007199254740993n)
  })

  test('rolls a step back as a whole when it throws', async () => {
    const failing = testDatabase.database.transaction(async (tx) => {
      await tx.query(
        `insert into institutions (id, name, data_key) values ('inst_x', 'x', '\\x00')`,
      )
      throw new Error('crash')
    })
    await expect(failing).rejects.toThrow('crash')
    expect(await testDatabase.database.prisma.institution.count()).toBe(0)
  })

  test('runs a step again after a serialization failure, because then nothing happened', async () => {
    let tries = 0
    const result = await testDatabase.database.transaction(async () => {
      tries++
      if (tries === 1) throw Object.assign(new Error('conflict'), { code: '40001' })
      return tries
    })
    expect(result).toBe(2)
  })
})
