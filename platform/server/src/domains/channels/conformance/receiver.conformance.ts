import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Channel, RawNotification } from '../channel.port.js'
import { listen, originOf, stop } from './local-server.conformance.js'

/** The merchant’s notification address: keeps every delivery as it came, and answers as the channel says. */
export async function makeReceiver(channel: Channel) {
  const deliveries = new Map<string, RawNotification[]>()
  const refusals = new Map<string, number>()
  const arrivals: string[] = []
  const server = await listen(async (request, response) => {
    const no = (request.url ?? '').split('/').at(-1) ?? ''
    const body = await buffer(request)
    arrivals.push(no)
    deliveries.set(no, [...(deliveries.get(no) ?? []), { headers: headersOf(request), body }])
    const refusalsLeft = refusals.get(no) ?? 0
    refusals.set(no, refusalsLeft - 1)
    const answer =
      refusalsLeft > 0 ? channel.refuseNotification('not now') : channel.acceptNotification()
    response.writeHead(answer.status, { 'content-type': answer.content_type }).end(answer.body)
  })
  return {
    url: (no: string) => `${originOf(server)}/notify/${no}`,
    received: (no: string): readonly RawNotification[] => deliveries.get(no) ?? [],
    arrivals: (): readonly string[] => arrivals,
    refuseNext(no: string, count: number) {
      refusals.set(no, count)
    },
    stop: () => stop(server),
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headers)
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))
}
