import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EmbeddedPostgres } from '../infra/database/embedded-postgres.js'
import { Migrator, type SchemaFile } from '../infra/database/migrator.js'

/**
 * Prints the SQL of the next migration: from the models at a git revision to the models as they are.
 * `npm run db:diff` compares with HEAD, `npm run db:diff -- empty` with nothing at all.
 */
const root = resolve(import.meta.dirname, '../../../..')
const revision = process.argv[2] ?? 'HEAD'
const models = revision === 'empty' ? [] : modelsAt(revision)
const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-diff-'))
const postgres = new EmbeddedPostgres(dataDir)
try {
  const url = await postgres.start('scratch')
  process.stdout.write(await new Migrator(resolve(root, 'prisma')).diff(url, models))
} finally {
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}

function modelsAt(rev: string): SchemaFile[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' })
  const paths = git('ls-tree', '-r', '--name-only', rev, 'prisma').split('\n')
  return paths
    .filter((path) => path.endsWith('.prisma'))
    .map((path) => ({ path, content: git('show', `${rev}:${path}`) }))
}
