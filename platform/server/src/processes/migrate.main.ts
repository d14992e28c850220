import { join } from 'node:path'
import { ConfigError, readConfig } from '../infra/config/config.js'
import { Migrator } from '../infra/database/migrator.js'
import { migrateJobs } from '../infra/jobs/jobs.js'
import { ROOT } from './role.js'

/** Brings the database of DATABASE_URL up to date, before the roles of a new version start. */
try {
  const { databaseUrl } = readConfig(process.env, ROOT)
  if (!databaseUrl) {
    throw new ConfigError(['DATABASE_URL is required (npm start looks after its own database)'])
  }
  const applied = await new Migrator(join(ROOT, 'prisma')).apply(databaseUrl)
  await migrateJobs(databaseUrl)
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.')
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
}
