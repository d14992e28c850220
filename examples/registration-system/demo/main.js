import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CleanUp } from './clean-up.js'
import { dataDir, ensurePlatform } from './platform.js'
import { StepError, step } from './step.js'

/**
 * `npm run demo`: plays one enrolment from the course list to the refund, without a browser, against the
 * platform that runs on this machine, or one that it starts for the occasion.
 */
const startedAt = Date.now()
const cleanUp = new CleanUp()
cleanUp.onSignals()

try {
  console.log('\nOpenBursar demo: a student enrols, pays, withdraws\n')
  await step('a platform is ready', (tell) => ensurePlatform(cleanUp, tell))
  const folder = await mkdtemp(join(tmpdir(), 'openbursar-demo-'))
  cleanUp.add(() => rm(folder, { recursive: true, force: true }))
  // Imported only now: starting the platform is what builds the SDK in a fresh clone.
  const { playStory } = await import('./story.js')
  await playStory(cleanUp, folder)
  console.log(`\nDone in ${seconds()}: the books balance, and nothing was paid twice.\n`)
} catch (error) {
  process.exitCode = 1
  console.error(error instanceof StepError ? `\n${error.message}` : error)
  console.error(`\nThe demo failed after ${seconds()}. Logs: ${join(dataDir(), 'logs')}\n`)
} finally {
  await cleanUp.run()
}
// Connections that are kept alive must not hold us up.
process.exit()

function seconds() {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
}
