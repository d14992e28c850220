import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from '@jest/globals'
import { type BursarEvent, webhooks } from '@openbursar/sdk'
import type { TestApp } from './platform.js'
import { until } from './until.js'

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface WebhookReceiver {
  /** Everything that arrived, verified or not. */
  readonly received: readonly ReceivedWebhook[]
  readonly secret: string
  /** Types of the events of one object, in the order in which they happened, once there are as many. */
  typesOf(id: string, count: number): Promise<string[]>
}

/** A server of the app, registered as a webhook endpoint, for as long as the file runs. */
export function openReceiver(appOf: () => TestApp): WebhookReceiver {
  const received: ReceivedWebhook[] = []
  let secret = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(204).end()
    })
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const endpoint = await appOf().bursar.webhookEndpoints.create({
      url: `http://localhost:${port}/webhooks`,
    })
    secret = endpoint.secret ?? ''
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Each event once: an honest receiver remembers ids. */
  const eventsOf = async (id: string): Promise<BursarEvent[]> => {
    const events = await Promise.all(
      received.map(({ headers, body }) =>
        webhooks.verify(body, flat(headers), { secret, publicKey: appOf().webhook_public_key }),
      ),
    )
    const byId = new Map(events.map((event) => [event.id, event]))
    return [...byId.values()]
      .filter((event) => 'id' in event.data.object && event.data.object.id === id)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
  }
  return {
    received,
    get secret() {
      return secret
    },
    async typesOf(id, count) {
      const events = await until(
        () => eventsOf(id),
        (known) => known.length >= count,
      )
      return events.map(({ type }) => type)
    },
  }
}

export const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
