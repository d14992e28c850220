import { randomInt } from 'node:crypto'
import { pause } from '../../support/until.js'
import type { RoleProcess } from '../role-process.js'
import type { Scenario, Stage } from '../scenario.types.js'

const BLOWS = { short: 2, long: 5 }

async function killAgainAndAgain(stage: Stage, role: RoleProcess): Promise<void> {
  const blows = stage.isShort ? BLOWS.short : BLOWS.long
  for (let blow = 0; blow < blows; blow++) {
    await pause(randomInt(200, 2_000))
    const killedAtMs = Date.now()
    await role.signal('SIGKILL')
    await stage.recovered(killedAtMs)
  }
  stage.note(`${blows} kills`)
}

export const processKills: readonly Scenario[] = [
  {
    name: 'api-kill',
    does: '`kill -9` of the API at random moments; its supervisor starts it again',
    isShort: true,
    backWithinMs: 30_000,
    async strike(stage) {
      const [api] = stage.platform.apis
      if (api) await killAgainAndAgain(stage, api)
    },
  },
  {
    name: 'worker-kill',
    does: '`kill -9` of the worker at random moments; its supervisor starts it again',
    isShort: true,
    backWithinMs: 30_000,
    strike: (stage) => killAgainAndAgain(stage, stage.platform.worker),
  },
]
