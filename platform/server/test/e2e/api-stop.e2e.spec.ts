import { Agent, get } from 'node:http'
import { expect, test } from '@jest/globals'
import { OwnApi } from '../support/own-api.js'
import { pause } from '../support/until.js'

/** Far less than the 12 s after which a role that hangs gives up and ends with 1. */
const STOP_MS_MAX = 6_000
const CALLERS = 32

/** Asks over one kept connection, again and again; then it keeps the connection and says nothing more. */
async function askOn(origin: string, agent: Agent, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const request = get(`${origin}/readyz`, { agent }, (response) => {
        response.resume()
        response.once('end', resolve)
      })
      request.once('error', () => resolve())
    })
  }
}

test('an API that is told to stop under load stops at once, in order, whoever keeps a connection', async () => {
  const api = await OwnApi.start({})
  const agents = Array.from(
    { length: CALLERS },
    () => new Agent({ keepAlive: true, maxSockets: 1 }),
  )
  const stops = agents.map(() => new AbortController())
  const callers = agents.map((agent, index) =>
    askOn(api.origin, agent, stops[index]?.signal ?? AbortSignal.abort()),
  )
  await pause(500)
  // One after the other, so that some are being answered when the API begins to stop.
  stops.forEach((stop, index) => void pause(index).then(() => stop.abort()))
  const startedAtMs = performance.now()
  expect(await api.stop()).toBe(0)
  expect(performance.now() - startedAtMs).toBeLessThan(STOP_MS_MAX)
  await Promise.all(callers)
  for (const agent of agents) agent.destroy()
}, 30_000)
