import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { OwnPlatform, type ScriptRun } from '../support/own-platform.js'

const TIMEOUT_MS = 300_000
const STARTER = /dev\.main\.js/

let platform: OwnPlatform
beforeAll(async () => {
  platform = await OwnPlatform.open()
})
afterAll(() => platform.close(), 60_000)

async function expectTold(demo: ScriptRun): Promise<void> {
  const code = await demo.ended
  expect({ code, output: demo.output }).toMatchObject({
    code: 0,
    output: expect.stringContaining('the books balance'),
  })
}

/** Without a platform: the demo starts one, on whatever data there is. */
async function expectToldAlone(): Promise<void> {
  await expectTold(platform.demo())
  expect(await platform.processes()).toEqual([])
  expect(existsSync(join(platform.dataDir, 'platform.json'))).toBe(false)
}

describe('npm run demo', () => {
  test(
    'starts a platform, tells the whole story, and stops what it started',
    expectToldAlone,
    TIMEOUT_MS,
  )

  describe('on a platform that is killed', () => {
    let current: ScriptRun
    beforeAll(async () => {
      current = await platform.start().ready()
    }, 60_000)
    afterAll(() => current.interrupt(), 60_000)

    // Before the payer pays, while the webhook about it is on its way, and while the refund is.
    test.each([['sent to the cashier'], ['the cashier says paid'], ['student withdraws']])(
      'survives kill -9 of all of it after "%s", and loses nothing',
      async (moment) => {
        const demo = platform.demo()
        await demo.says(moment, 120_000)
        // The roles notice that their starter is gone, and go; PostgreSQL stays and is adopted.
        await platform.kill(STARTER)
        await current.ended
        current = platform.start()
        await expectTold(demo)
        await current.ready()
        await platform.serves()
      },
      TIMEOUT_MS,
    )
  })

  test(
    'tells it again, with a platform of its own, where it was told before',
    expectToldAlone,
    TIMEOUT_MS,
  )
})
