import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Bursar, type Payment } from '@openbursar/sdk'
import { paymentBody } from '../support/fixtures.js'
import { type OwnApp, OwnPlatform, type ScriptRun } from '../support/own-platform.js'
import { pause, until } from '../support/until.js'

const EVERYTHING = /./
const STARTER = /dev\.main\.js/
const DATABASE = /bin\/postgres|postgres:/
/** So many have been paid when the blow falls. */
const PAID_BEFORE_KILL = 25
/** A killed worker's webhooks go on after half a minute at most, and those behind them after that. */
const SETTLE_TIMEOUT_MS = 45_000
/** Says nothing about the platform: how slow a busy machine may be. */
const PATIENCE_MS = 60_000
const TIMEOUT_MS = 180_000

let platform: OwnPlatform
let current: ScriptRun
let app: OwnApp
/** Ids of payments whose success the app was told of. */
const told = new Set<string>()

const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const event = JSON.parse(Buffer.concat(chunks).toString())
    if (event.type === 'payment.succeeded') told.add(event.data.object.id)
    response.writeHead(204).end()
  })
})

beforeAll(async () => {
  platform = await OwnPlatform.open()
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const address = receiver.address()
  if (!address || typeof address === 'string') throw new Error('the receiver has no port')
  current = await platform.start().ready()
  app = await platform.createApp()
  await app.bursar.webhookEndpoints.create({ url: `http://localhost:${address.port}/` })
}, 60_000)

afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await platform.close()
}, 30_000)

const expectCleanBooks = async () =>
  expect(JSON.parse(await platform.command('check-books.main.js', ['--json']))).toMatchObject({
    ok: true,
  })

interface Known {
  readonly created: Payment[]
  readonly paid: string[]
}

/** Creates payments until told to stop, every other one paid; only what was answered counts. */
async function payOn(known: Known, signal: AbortSignal): Promise<void> {
  const { key_id: keyId, private_key: privateKey } = app
  const bursar = new Bursar({ keyId, privateKey, baseUrl: platform.origin, maxRetries: 0 })
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      const payment = await bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
      known.created.push(payment)
      if (turn % 2 === 1) continue
      await bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
      known.paid.push(payment.id)
    } catch {
      await pause(20)
    }
  }
}

async function killWhilePaying(patterns: readonly RegExp[]): Promise<Known> {
  const known: Known = { created: [], paid: [] }
  const stop = new AbortController()
  const customers = Array.from({ length: 6 }, () => payOn(known, stop.signal))
  try {
    await until(
      async () => known.paid.length,
      (count) => count >= PAID_BEFORE_KILL,
      PATIENCE_MS,
    )
    for (const pattern of patterns) await platform.kill(pattern)
    await pause(500)
  } finally {
    stop.abort()
    await Promise.all(customers)
  }
  return known
}

async function expectNothingLost(known: Known): Promise<void> {
  for (const { id, out_trade_no, amount } of known.created) {
    expect(await app.bursar.payments.get(id)).toMatchObject({ id, out_trade_no, amount })
  }
  await until(
    async () => known.paid.filter((id) => !told.has(id)),
    (missing) => missing.length === 0,
    SETTLE_TIMEOUT_MS,
  )
  for (const id of known.paid) expect((await app.bursar.payments.get(id)).status).toBe('succeeded')
  await expectCleanBooks()
}

test(
  'everything killed at once under load: the next start has all that was answered',
  async () => {
    const known = await killWhilePaying([EVERYTHING])
    await current.ended
    expect(await platform.processes()).toEqual([])
    current = await platform.start().ready()
    await expectNothingLost(known)
  },
  TIMEOUT_MS,
)

test(
  'the starter killed alone: its roles go, its PostgreSQL is adopted by the next start',
  async () => {
    const known = await killWhilePaying([STARTER])
    expect(await current.ended).toBe(1)
    const postgres = (await platform.processes()).filter(({ command }) => / -D /.test(command))
    expect(postgres).toHaveLength(1)
    current = await platform.start().ready()
    expect(await platform.processes()).toContainEqual(postgres[0])
    await expectNothingLost(known)
  },
  TIMEOUT_MS,
)

test(
  'the starter and PostgreSQL killed: the next start waits for what they left, and goes on',
  async () => {
    const known = await killWhilePaying([STARTER, DATABASE])
    current = await platform.start().ready()
    await expectNothingLost(known)
  },
  TIMEOUT_MS,
)

test(
  'PostgreSQL killed alone is started again under the roles',
  async () => {
    const known = await killWhilePaying([DATABASE])
    await current.says('PostgreSQL died; starting it again.')
    await platform.serves()
    await expectNothingLost(known)
  },
  TIMEOUT_MS,
)

test(
  'a role killed alone is started again, and its work goes on',
  async () => {
    const payment = await app.bursar.payments.create(paymentBody({ channel: 'wechatpay' }))
    await app.bursar.testHelpers.payments.simulate(payment.id, { action: 'pay', notify: 'lost' })
    await platform.kill(/worker\.main\.js/)
    await current.says('worker died (SIGKILL); starting it again.')
    // Nobody tells the platform that this one was paid: the worker must ask, and tell the app.
    await until(
      async () => told.has(payment.id),
      (isTold) => isTold,
      SETTLE_TIMEOUT_MS,
    )
    await platform.kill(/api\.main\.js/)
    await current.says('api died (SIGKILL); starting it again.')
    await platform.serves()
    expect((await app.bursar.payments.get(payment.id)).status).toBe('succeeded')
    expect(await current.interrupt()).toBe(0)
    expect(await platform.processes()).toEqual([])
  },
  TIMEOUT_MS,
)
