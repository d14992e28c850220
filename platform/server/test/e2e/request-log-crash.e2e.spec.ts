import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { paymentBody } from '../support/fixtures.js'
import { type OwnApp, OwnPlatform } from '../support/own-platform.js'
import { prepareRequest, transmit } from '../support/raw-request.js'
import { pause } from '../support/until.js'

/** A second, and what a busy machine needs to write down what was gathered in it. */
const LOST_MS_MAX = 1_000 + 1_000
const LOAD_MS = 4_000

let platform: OwnPlatform
let app: OwnApp
beforeAll(async () => {
  platform = await OwnPlatform.open()
  await platform.start().ready()
  app = await platform.createApp()
}, 60_000)
afterAll(() => platform.close(), 30_000)

interface Acknowledged {
  readonly request_id: string
  readonly payment_id: string
  readonly atMs: number
}

/** Creates payments until told to stop. Only what was answered counts. */
async function createOn(known: Acknowledged[], signal: AbortSignal): Promise<void> {
  const { key_id: keyId, private_key: privateKey } = app
  while (!signal.aborted) {
    const request = { path: '/v1/payments', body: paymentBody() }
    const signer = { apiBase: platform.origin, keyId, privateKey }
    const answer = await transmit(prepareRequest(signer, request)).catch(() => null)
    if (answer?.status !== 201) {
      await pause(20)
      continue
    }
    const request_id = answer.headers.get('x-request-id') ?? ''
    known.push({ request_id, payment_id: answer.json.id, atMs: Date.now() })
  }
}

async function query<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
  const { database_url } = JSON.parse(
    await readFile(join(platform.dataDir, 'platform.json'), 'utf8'),
  )
  const client = new Client({ connectionString: database_url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

test('kill -9 of the API under load loses no acknowledged call, and of the log about a second', async () => {
  const known: Acknowledged[] = []
  const stop = new AbortController()
  const callers = Array.from({ length: 8 }, () => createOn(known, stop.signal))
  await pause(LOAD_MS)
  await platform.kill(/api\.main\.js/)
  const killedAtMs = Date.now()
  const before = [...known]
  await platform.serves()
  const servedAgainAtMs = Date.now()
  await pause(1_500)
  stop.abort()
  await Promise.all(callers)
  await pause(1_500)
  expect(before.length).toBeGreaterThan(20)
  expect(known.length).toBeGreaterThan(before.length)

  const payments = await query<{ id: string }>('select id from payments where id = any ($1)', [
    known.map(({ payment_id }) => payment_id),
  ])
  expect(payments).toHaveLength(known.length)

  const rows = await query<{ id: string }>('select id from request_logs where id = any ($1)', [
    known.map(({ request_id }) => request_id),
  ])
  const inLog = new Set(rows.map(({ id }) => id))
  const missing = known.filter(({ request_id }) => !inLog.has(request_id))
  for (const { atMs } of missing) {
    // Answers that were on their way at the kill are read a moment later.
    expect(atMs).toBeLessThan(servedAgainAtMs)
    expect(killedAtMs - atMs).toBeLessThanOrEqual(LOST_MS_MAX)
  }
}, 90_000)
