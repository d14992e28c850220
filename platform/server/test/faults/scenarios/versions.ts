import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pause } from '../../support/until.js'
import type { Scenario, ScenarioOptions, Stage } from '../scenario.types.js'

const SIDE_BY_SIDE_MS = 5_000

export const versions: readonly Scenario[] = [
  {
    name: 'rolling-restart',
    does: 'two API processes behind a round-robin proxy are replaced in order, one after the other, twice',
    backWithinMs: 30_000,
    prepare: () => ({ settings: { apis: [null, null] } }),
    async strike(stage) {
      await replaceAll(stage)
      await replaceAll(stage)
    },
  },
  {
    name: 'two-versions',
    does: 'two API processes of the other version serve; one, then both are replaced by this version',
    backWithinMs: 30_000,
    missing: ({ beside }) => {
      if (beside === null) return 'name another checkout, built: --beside DIR'
      return existsSync(programsOf(beside)) ? null : `${beside} is not built: run npm test there`
    },
    prepare({ beside }: ScenarioOptions) {
      const other = programsOf(beside ?? '')
      return { settings: { apis: [other, other] } }
    },
    strike: replaceAll,
  },
]

async function replaceAll({ platform, recovered }: Stage): Promise<void> {
  for (const index of platform.apis.keys()) {
    const stoppedAtMs = Date.now()
    await platform.replaceApi(index)
    await recovered(stoppedAtMs)
    await pause(SIDE_BY_SIDE_MS)
  }
}

function programsOf(checkout: string): string {
  return join(resolve(checkout), 'platform/server/dist/processes')
}
