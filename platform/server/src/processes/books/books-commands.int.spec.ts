import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { LedgerRepository } from '../../domains/ledger/ledger.repository.js'
import { LedgerService } from '../../domains/ledger/ledger.service.js'
import { LedgerSealRepository } from '../../domains/ledger/ledger-seal.repository.js'
import { IDS, writeBooks } from './books.fixture.js'

const PROCESSES = resolve(import.meta.dirname, '../../../dist/processes')

/** The commands as a person runs them: real processes of the build. */
describe('commands on the books', () => {
  let testDatabase: TestDatabase
  let dataDir: string
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    dataDir = await mkdtemp(join(tmpdir(), 'openbursar-books-'))
    const { database } = testDatabase
    const ledger = new LedgerService(new LedgerRepository(database))
    await database.transaction((tx) => writeBooks(tx, ledger, new LedgerSealRepository(database)))
  })
  afterAll(async () => {
    await testDatabase.drop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const run = (command: string, args: readonly string[], environment: NodeJS.ProcessEnv) =>
    runProcess(join(PROCESSES, `${command}.main.js`), args, environment)

  describe('check:books', () => {
    test('prints a line per invariant and ends with 0 when all is well', async () => {
      const { code, stdout } = await run('check-books', [], { DATABASE_URL: testDatabase.url })
      expect(code).toBe(0)
      const lines = stdout.trim().split('\n')
      expect(lines).toHaveLength(7)
      expect(lines[0]).toMatch(/^I1 {2}ok .*12 checked/)
      expect(lines[6]).toBe('The books are in order.')
    })

    test('prints one JSON document with --json and ends with 1 when there are problems', async () => {
      const { database } = testDatabase
      const move = (status: string) =>
        database.query('update late_successes set status = $1', [status])
      await move('posted')
      const { code, stdout } = await run('check-books', ['--json'], {
        DATABASE_URL: testDatabase.url,
      })
      await move('refunded')
      expect(code).toBe(1)
      const report: unknown = JSON.parse(stdout)
      expect(report).toMatchObject({ ok: false, checked_at: expect.any(String) })
      expect(report).toHaveProperty('invariants.3.problems.0.source_id', IDS.late)
    })

    test('finds the database of the platform that runs on this machine', async () => {
      const file = join(dataDir, 'platform.json')
      const platform = { pid: 1, database_url: testDatabase.url, api_base: '', simulator_base: '' }
      await writeFile(file, JSON.stringify(platform))
      const { code, stderr } = await run('check-books', [], { DATA_DIR: dataDir })
      await rm(file)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    })

    test.each([
      ['there is no database to look at', [], {}, 'set DATABASE_URL'],
      ['an option does not exist', ['--jsn'], {}, "Unknown option '--jsn'"],
      ['nobody answers', [], { DATABASE_URL: 'postgres://x@127.0.0.1:9/x' }, 'does not answer'],
      ['the URL is none', [], { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must be'],
    ])('ends with 2 and says what to do when %s', async (_, args, environment, message) => {
      const DATABASE_URL = args.length > 0 ? testDatabase.url : ''
      const { code, stderr } = await run('check-books', args, {
        DATA_DIR: dataDir,
        DATABASE_URL,
        ...environment,
      })
      expect(code).toBe(2)
      expect(stderr).toContain(message)
      expect(stderr).not.toContain('    at ')
    })

    test('says so when the database is another one', async () => {
      const url = Object.assign(new URL(testDatabase.url), { pathname: '/postgres' }).toString()
      const { code, stderr } = await run('check-books', [], { DATABASE_URL: url })
      expect(code).toBe(2)
      expect(stderr).toContain('not a database of the platform')
    })
  })

  describe('ledger:export', () => {
    test('writes the journal to the standard output and only that', async () => {
      const { code, stdout, stderr } = await run('ledger-export', [], {
        DATABASE_URL: testDatabase.url,
      })
      expect(code).toBe(0)
      expect(stdout).toContain(`2026-11-22 * (${IDS.paid}) Tuition`)
      expect(stdout).toMatch(/suspense {2}0\.00 CNY = 0\.00 CNY$/m)
      expect(stderr).toContain('12 transactions on ')
    })

    test('writes a file that appears only when it is whole', async () => {
      const path = join(dataDir, 'books.journal')
      const environment = { DATABASE_URL: testDatabase.url }
      const { code } = await run('ledger-export', ['--output', path], environment)
      const { stdout } = await run('ledger-export', [], environment)
      expect(code).toBe(0)
      expect(await readFile(path, 'utf8')).toBe(stdout)
      expect(await readdir(dataDir)).toEqual(['books.journal'])
    })

    test('ends with 2 when the file cannot be written', async () => {
      const { code, stderr } = await run(
        'ledger-export',
        ['--output', join(dataDir, 'none', 'books.journal')],
        { DATABASE_URL: testDatabase.url },
      )
      expect(code).toBe(2)
      expect(stderr).toContain('ENOENT')
    })
  })
})

function runProcess(file: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((settle, fail) => {
    const { PATH } = process.env
    const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', fail)
    child.once('close', (code) => settle({ code, stdout, stderr }))
  })
}
