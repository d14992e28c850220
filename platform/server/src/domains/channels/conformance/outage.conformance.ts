import { type RequestListener, request as send } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Outage } from './harness.conformance.js'
import { listen, originOf, stop } from './local-server.conformance.js'
import type { HttpAnswer, Provider } from './provider.conformance.js'

/** Null loses the answer. */
type Change = (answer: HttpAnswer, path: string) => HttpAnswer | null

/** One server per outage, between the channel and the simulators at `origin`. */
export async function makeOutages(origin: string, provider: Provider) {
  const down = await listen(() => {})
  const downOrigin = originOf(down)
  await stop(down)
  const garbage = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to Wi-Fi</html>')
  })
  const behind = (change: Change) => listen(proxy(origin, change))
  const ifFile = (change: Change): Change => {
    return (answer, path) => (provider.isStatementFile?.(path) ? change(answer, path) : answer)
  }
  const unsigned = await behind((answer) => provider.unsigned(answer))
  const altered = await behind((answer) => alter(answer, provider))
  const answerLost = await behind(() => null)
  const fileAltered = await behind(ifFile(flipBitInTheMiddle))
  const fileCut = await behind(ifFile(cutInHalf))
  const servers = [garbage, unsigned, altered, answerLost, fileAltered, fileCut]
  const origins: Record<Outage, string> = {
    down: downOrigin,
    garbage: originOf(garbage),
    unsigned: originOf(unsigned),
    altered: originOf(altered),
    answer_lost: originOf(answerLost),
    file_altered: originOf(fileAltered),
    file_cut: originOf(fileCut),
  }
  return {
    origin: (outage: Outage) => origins[outage],
    stop: async () => {
      await Promise.all(servers.map(stop))
    },
  }
}

/** Passes requests on as they are, also their `Host`; `change` decides what becomes of the answer. */
function proxy(origin: string, change: Change): RequestListener {
  return async (request, response) => {
    const path = request.url ?? '/'
    const answer = change(
      await pass(origin + path, request.method, request.headers, await buffer(request)),
      path,
    )
    if (!answer) {
      request.socket.destroy()
      return
    }
    const {
      'content-length': _,
      'transfer-encoding': __,
      connection: ___,
      ...kept
    } = answer.headers
    response.writeHead(answer.status, kept).end(answer.body)
  }
}

function pass(
  url: string,
  method: string | undefined,
  headers: NodeJS.Dict<string | string[]>,
  body: Buffer,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { method, headers, agent: false }, async (incoming) => {
      const pairs = Object.entries(incoming.headers)
      resolve({
        status: incoming.statusCode ?? 0,
        headers: Object.fromEntries(pairs.map(([name, value]) => [name, String(value)])),
        body: await buffer(incoming),
      })
    })
    outgoing.on('error', reject).end(body)
  })
}

/** The last digit or letter of the body; byte by byte, so that no charset is broken. */
function alter(answer: HttpAnswer, provider: Provider): HttpAnswer {
  if (answer.body.length === 0) return provider.altersEmpty?.(answer) ?? answer
  const text = answer.body.toString('latin1')
  const altered = text.replace(/[0-9a-z](?=[^0-9a-z]*$)/, bump)
  return { ...answer, body: Buffer.from(altered, 'latin1') }
}

function bump(character: string): string {
  if (character === '9' || character === 'z') return '0'
  return String.fromCharCode(character.charCodeAt(0) + 1)
}

function flipBitInTheMiddle(answer: HttpAnswer): HttpAnswer {
  const body = Buffer.from(answer.body)
  const at = Math.floor(body.length / 2)
  body.writeUInt8(body.readUInt8(at) ^ 1, at)
  return { ...answer, body }
}

function cutInHalf(answer: HttpAnswer): HttpAnswer {
  return { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length / 2)) }
}
