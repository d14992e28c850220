import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build, buildSdk } from '../../../tools/build.mjs'
import { buildServer } from '../../../tools/build-server.mjs'
import globalTeardown from './global-teardown.mjs'
import { isDocsWanted, isPlatformWanted, isSdkWanted, startPlatform } from './platform-process.mjs'

const ROOT = resolve(import.meta.dirname, '../../../..')
const DIST = resolve(ROOT, 'platform/server/dist')

/**
 * Builds, then starts one PostgreSQL for the run with one migrated template database, and, when the
 * selected specs need one, a whole platform beside it.
 */
export default async function globalSetup(globalConfig) {
  const needsPlatform = await isPlatformWanted(globalConfig)
  await (needsPlatform ? build({ docs: isDocsWanted(globalConfig) }) : buildServer())
  if (await isSdkWanted(globalConfig)) await buildSdk()
  const { EmbeddedPostgres } = await import(`${DIST}/infra/database/embedded-postgres.js`)
  const { Migrator } = await import(`${DIST}/infra/database/migrator.js`)
  const { migrateJobs } = await import(`${DIST}/infra/jobs/jobs.js`)
  const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-test-'))
  // Nothing of a test run is worth a disk flush.
  const flags = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off']
  const postgres = new EmbeddedPostgres(dataDir, null, flags)
  globalThis.openbursarTestRun = { postgres, dataDir, platform: null }
  try {
    const url = await postgres.start('template_openbursar')
    await new Migrator(resolve(ROOT, 'prisma')).apply(url)
    await migrateJobs(url)
    process.env.OPENBURSAR_TEST_TEMPLATE_URL = url
    if (!needsPlatform) return
    const platform = await startPlatform(url, dataDir)
    globalThis.openbursarTestRun.platform = platform
    process.env.OPENBURSAR_TEST_PLATFORM = JSON.stringify(platform.env)
  } catch (error) {
    // Jest skips the teardown when the set-up fails.
    await globalTeardown()
    throw error
  }
}
