import { describe, test } from '@jest/globals'
import { isRedisInstalled } from './redis-process.js'

/** Like `describe`. Without redis-server it is skipped, except in CI, which installs it: there it fails. */
export function describeWithRedis(name: string, body: () => void): void {
  if (isRedisInstalled()) describe(name, body)
  else if (process.env.CI) {
    test(name, () => {
      throw new Error('redis-server is missing; .ci/run installs it')
    })
  } else describe.skip(`${name} (redis-server is not installed here)`, body)
}
