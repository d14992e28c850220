import type { RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Outage } from '../conformance/harness.conformance.js'
import { listen, originOf, stop } from '../conformance/local-server.conformance.js'

/** One server per outage, between the adapter and the simulator at `origin`. */
export async function makeOutages(origin: string) {
  const down = await listen(() => {})
  const downOrigin = originOf(down)
  await stop(down)
  const garbage = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to Wi-Fi</html>')
  })
  const unsigned = await listen(
    proxy(origin, (answer) => ({ ...answer, headers: withoutSignature(answer.headers) })),
  )
  const altered = await listen(proxy(origin, alter))
  const answerLost = await listen(proxy(origin, () => null))
  const origins: Record<Outage, string> = {
    down: downOrigin,
    garbage: originOf(garbage),
    unsigned: originOf(unsigned),
    altered: originOf(altered),
    answer_lost: originOf(answerLost),
  }
  return {
    baseUrl: (outage: Outage) => `${origins[outage]}/wechatpay`,
    stop: async () => {
      await Promise.all([garbage, unsigned, altered, answerLost].map(stop))
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Passes requests on as they are; `change` decides what becomes of the answer, null loses it. */
function proxy(origin: string, change: (answer: Answer) => Answer | null): RequestListener {
  return async (request, response) => {
    const body = await buffer(request)
    const headers = new Headers()
    for (const name of ['authorization', 'accept', 'content-type', 'user-agent']) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.set(name, value)
    }
    const real = await fetch(origin + (request.url ?? ''), {
      method: request.method ?? 'GET',
      headers,
      ...(body.length === 0 ? {} : { body }),
    })
    const answer = change({
      status: real.status,
      headers: Object.fromEntries(real.headers),
      body: Buffer.from(await real.arrayBuffer()),
    })
    if (!answer) {
      request.socket.destroy()
      return
    }
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers
    response.writeHead(answer.status, kept).end(answer.body)
  }
}

function withoutSignature(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('wechatpay-')),
  )
}

/** One digit or letter of the body, or of the nonce where there is no body. */
function alter(answer: Answer): Answer {
  if (answer.body.length === 0) {
    return { ...answer, headers: { ...answer.headers, 'wechatpay-nonce': 'another' } }
  }
  const text = answer.body.toString()
  return { ...answer, body: Buffer.from(text.replace(/[0-9a-z](?=[^0-9a-z]*$)/, bump)) }
}

function bump(character: string): string {
  if (character === '9' || character === 'z') return '0'
  return String.fromCharCode(character.charCodeAt(0) + 1)
}
