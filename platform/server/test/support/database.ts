import { randomBytes } from 'node:crypto'
import { Client, Pool } from 'pg'
import { Database } from '../../src/infra/database/database.js'

export interface TestDatabase {
  readonly url: string
  readonly pool: Pool
  readonly database: Database
  drop(): Promise<void>
}

/** A database of its own for one test file, cloned from the migrated template of this run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const templateUrl = process.env.OPENBURSAR_TEST_TEMPLATE_URL
  if (!templateUrl)
    throw new Error('the test run has no database: see test/support/global-setup.ts')
  const template = new URL(templateUrl).pathname.slice(1)
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(templateUrl, `create database ${name} template ${template}`)
  const url = Object.assign(new URL(templateUrl), { pathname: `/${name}` }).toString()
  const database = new Database(url, { connectionsMax: 10 })
  return {
    url,
    pool: database.pool,
    database,
    async drop() {
      await database.close()
      await asAdmin(templateUrl, `drop database ${name} with (force)`)
    },
  }
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const adminUrl = Object.assign(new URL(url), { pathname: '/postgres' }).toString()
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
