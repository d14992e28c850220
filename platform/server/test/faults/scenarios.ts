import type { Scenario } from './scenario.types.js'
import { channel } from './scenarios/channel.js'
import { clock } from './scenarios/clock.js'
import { concurrency } from './scenarios/concurrency.js'
import { disk } from './scenarios/disk.js'
import { neighbours } from './scenarios/neighbours.js'
import { postgres } from './scenarios/postgres.js'
import { processKills } from './scenarios/process-kills.js'
import { versions } from './scenarios/versions.js'

/** Everything that is broken on purpose, in the order in which it is done. */
export const SCENARIOS: readonly Scenario[] = [
  ...processKills,
  ...postgres,
  ...disk,
  ...channel,
  ...neighbours,
  ...clock,
  ...versions,
  ...concurrency,
]
