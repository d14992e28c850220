import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { paymentBody } from '../support/fixtures.js'
import { OwnPlatform, type ScriptRun } from '../support/own-platform.js'

describe('npm start', () => {
  let platform: OwnPlatform
  let first: ScriptRun

  beforeAll(async () => {
    platform = await OwnPlatform.open()
    first = await platform.start().ready()
  }, 60_000)
  afterAll(() => platform.close(), 30_000)

  test('says where everything is, who may sign in, and what to do next', async () => {
    expect(first.output).toContain(`${platform.origin}/v1`)
    expect(first.output).toContain(`http://localhost:${platform.simulatorPort}`)
    expect(first.output).toMatch(/Sign in as +developer@demo\.example \/ openbursar-demo/)
    expect(first.output).toContain('npm run demo')
    expect(first.output).toContain('Seeded the demo institution')
    expect((await fetch(`${platform.origin}/readyz`)).status).toBe(200)
  })

  test('is refused a second time on the same data, and the first goes on', async () => {
    const second = platform.start({ PORT: '19999', SIMULATOR_PORT: '19998' })
    expect(await second.ended).toBe(1)
    expect(second.output).toMatch(/A platform is already running on .*process \d+/)
    expect(second.output).toContain('DATA_DIR=.data2')
    expect((await fetch(`${platform.origin}/readyz`)).status).toBe(200)
  })

  test('stops everything on Ctrl-C, and the next start has the same data', async () => {
    const app = await platform.createApp()
    const payment = await app.bursar.payments.create(paymentBody())
    expect(await first.interrupt()).toBe(0)
    expect(first.output).toMatch(/Stopping …\s+Stopped\.\s*$/)
    expect(await platform.processes()).toEqual([])

    const next = await platform.start().ready()
    expect(next.output).not.toContain('Seeded')
    expect(next.output).toContain('The database is up to date.')
    expect(await app.bursar.payments.get(payment.id)).toMatchObject({ id: payment.id })
    expect(await next.interrupt('SIGTERM')).toBe(0)
    expect(await platform.processes()).toEqual([])
  }, 60_000)

  test('can be stopped at any moment of its start', async () => {
    for (const moment of ['Starting PostgreSQL', 'Starting simulators, API and worker']) {
      const started = platform.start()
      await started.says(moment)
      expect(await started.interrupt()).toBe(0)
      expect(started.output).not.toContain('ready')
      expect(started.output).not.toMatch(/error/i)
      expect(await platform.processes()).toEqual([])
    }
  }, 60_000)

  test('goes on collecting in test mode when the simulators have moved to another port', async () => {
    const moved = await platform.start({ SIMULATOR_PORT: String(platform.simulatorPort + 1) })
    await moved.ready()
    const app = await platform.createApp()
    const payment = await app.bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
    expect(payment.status).toBe('pending')
    expect(await moved.interrupt('SIGHUP')).toBe(0)
    expect(await platform.processes()).toEqual([])
  }, 60_000)
})

describe('npm start that cannot', () => {
  let platform: OwnPlatform
  beforeAll(async () => {
    platform = await OwnPlatform.open()
  })
  afterAll(() => platform.close())

  test('names every port that is taken and what to do, and leaves nothing running', async () => {
    const servers = [platform.port, platform.simulatorPort].map((port) =>
      createServer().listen(port, '127.0.0.1'),
    )
    const started = platform.start()
    expect(await started.ended).toBe(1)
    for (const server of servers) server.close()
    expect(started.output).toMatch(/Port \d+ is taken.*\bPORT=\d+ npm start/)
    expect(started.output).toMatch(/Port \d+ is taken.*SIMULATOR_PORT=\d+ npm start/)
    expect(await platform.processes()).toEqual([])
  })

  test('names all settings that are wrong at once', async () => {
    const started = platform.start({ PORT: 'abc', MASTER_KEY: 'short', PUBLIC_ORIGIN: 'pay.edu/' })
    expect(await started.ended).toBe(1)
    expect(started.output).toMatch(/The settings are not usable:/)
    for (const name of ['PORT', 'MASTER_KEY', 'PUBLIC_ORIGIN']) {
      expect(started.output).toMatch(new RegExp(`- ${name} must`))
    }
    expect(started.output).not.toContain('    at ')
  })

  test('says why a database of somebody’s own cannot be used, without its password', async () => {
    const started = platform.start({ DATABASE_URL: 'postgresql://me:secret@127.0.0.1:9/school' })
    expect(await started.ended).toBe(1)
    expect(started.output).toMatch(/DATABASE_URL \(school at 127\.0\.0\.1:9\) cannot be used: /)
    expect(started.output).not.toContain('secret')
    expect(await platform.processes()).toEqual([])
  })
})
