import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import { describeTime } from '../../../../sdk/test/testing/clock-scenarios.js'
import { describePayments } from '../../../../sdk/test/testing/payment-scenarios.js'
import { describeProtocol } from '../../../../sdk/test/testing/protocol-scenarios.js'
import { describeRefunds } from '../../../../sdk/test/testing/refund-scenarios.js'
import type { Received, ScenarioWorld } from '../../../../sdk/test/testing/scenario-world.js'
import { apiBase, createApp, judgedFetch } from '../support/platform.js'
import { addKey } from '../support/stage.js'
import { until } from '../support/until.js'
import { flat } from '../support/webhook-receiver.js'

// The same scenarios run against the in-process sandbox: sandbox-scenarios.spec.ts of the SDK.
const received: Received[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    received.push({ headers: flat(request.headers), body: Buffer.concat(chunks).toString() })
    response.writeHead(204).end()
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function open(): Promise<ScenarioWorld> {
  const app = await createApp()
  const clientOf = ({ key_id, private_key }: { key_id: string; private_key: string }) =>
    new Bursar({ keyId: key_id, privateKey: private_key, baseUrl: apiBase(), fetch: judgedFetch })
  const { port } = server.address() as AddressInfo
  return {
    bursar: app.bursar,
    baseUrl: apiBase(),
    fetch: judgedFetch,
    keyId: app.key_id,
    privateKey: app.private_key,
    departmentId: app.department_id,
    webhookPublicKey: app.webhook_public_key,
    secondPerson: async () => clientOf(await addKey(app)),
    restricted: async (scopes) => clientOf(await createApp({ scopes })),
    receiver: { url: `http://localhost:${port}/hooks`, received: async () => [...received] },
    until: (ask, isGood) => until(ask, isGood, 25_000),
  }
}

describe('the platform', () => {
  describePayments(open)
  describeRefunds(open)
  describeProtocol(open)
  describeTime(open)
})
