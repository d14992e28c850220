import { rm } from 'node:fs/promises'

/** Stops the run's platform and PostgreSQL and removes their data. */
export default async function globalTeardown() {
  const run = globalThis.openbursarTestRun
  if (!run) return
  await run.platform?.stop()
  await run.postgres.stop()
  await rm(run.dataDir, { recursive: true, force: true })
}
