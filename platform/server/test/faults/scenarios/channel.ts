import { pause } from '../../support/until.js'
import type { Scenario } from '../scenario.types.js'

const DEAD_MS = { short: 5_000, long: 15_000 }
const SILENT_MS = 15_000
const SLOW_MS = 15_000
const ANSWER_DELAY_MS = 3_000

export const channel: readonly Scenario[] = [
  {
    name: 'channel-dead',
    does: 'the channel is gone: its process killed, its port refused; then it is there again',
    isShort: true,
    backWithinMs: 30_000,
    async strike({ platform, recovered, isShort }) {
      await platform.channel.close()
      await platform.simulators.signal('SIGKILL')
      await pause(isShort ? DEAD_MS.short : DEAD_MS.long)
      await platform.simulators.pid()
      await platform.channel.open()
      await recovered(Date.now())
    },
  },
  {
    name: 'channel-silent',
    does: `the channel takes calls and answers none for ${SILENT_MS / 1000} s (SIGSTOP)`,
    backWithinMs: 30_000,
    async strike({ platform, recovered }) {
      await platform.simulators.signal('SIGSTOP')
      try {
        await pause(SILENT_MS)
      } finally {
        await platform.simulators.signal('SIGCONT')
      }
      await recovered(Date.now())
    },
  },
  {
    name: 'channel-slow',
    does: `every answer of the channel comes ${ANSWER_DELAY_MS / 1000} s late for ${SLOW_MS / 1000} s`,
    backWithinMs: 30_000,
    async strike({ platform, recovered }) {
      platform.channel.delayMs = ANSWER_DELAY_MS
      try {
        await pause(SLOW_MS)
      } finally {
        platform.channel.delayMs = 0
      }
      await recovered(Date.now())
    },
  },
]
