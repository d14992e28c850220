import type { FastifyInstance, FastifyReply } from 'fastify'
import { html } from '../../../../infra/http/html.js'
import type { HeldCalls } from '../simulator-held.calls.js'
import { type Response, toMessage } from './abc.answers.js'
import type { AbcCounter, CounterAnswer } from './abc.counter.js'
import { CONTENT_TYPE, sealEnvelope } from './abc.envelope.js'
import type { AbcKeys } from './abc.keys.js'
import { ABC_REFUSALS } from './abc.refusal.js'

export interface AbcRoutesOptions {
  readonly keys: AbcKeys
  readonly counter: AbcCounter
  readonly held: HeldCalls
}

const SYSTEM_ERROR: Response = { ReturnCode: 'APE001', ErrorMessage: ABC_REFUSALS.APE001 }

/** The public wire: what pay.abchina.com answers below /ebus. */
export async function abcRoutes(
  app: FastifyInstance,
  { keys, counter, held }: AbcRoutesOptions,
): Promise<void> {
  app.removeAllContentTypeParsers()
  // Signatures cover bytes, so bodies stay bytes until they were verified.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const seal = async (reply: FastifyReply, merchantId: string, response: Response) => {
    const envelope = sealEnvelope(toMessage(merchantId, response), await keys.bank())
    return reply.code(200).header('Content-Type', CONTENT_TYPE).send(envelope)
  }
  app.setErrorHandler((error, request, reply) => {
    request.log.error({ err: error }, 'the simulated bank failed')
    return seal(reply, '', SYSTEM_ERROR)
  })

  app.post('/ReceiveMerchantTrxReqServlet', async ({ body }, reply) => {
    const answer = await counter.answer(bytesOf(body))
    if (answer.kind === 'silence') return held.hold(reply)
    return seal(reply, answer.merchant_id, answer.response)
  })

  // The same request, brought by the payer's browser in the field MSG of a form.
  app.post('/ReceiveMerchantIERequestServlet', async ({ body }, reply) => {
    const answer = await counter.answer(fieldOf(bytesOf(body), 'MSG'))
    if (answer.kind === 'silence') return held.hold(reply)
    const { PaymentURL } = answer.response
    return PaymentURL === undefined ? refuse(reply, answer) : reply.redirect(PaymentURL, 303)
  })
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/** A field of a form as bytes: the form is written in GB18030, which no text parser here expects. */
function fieldOf(form: Buffer, name: string): Buffer {
  const pairs = form.toString('latin1').split('&')
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  const text = value.replaceAll('+', ' ').replace(/%([0-9A-Fa-f]{2})/g, (_match, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16))
  })
  return Buffer.from(text, 'latin1')
}

function refuse(reply: FastifyReply, answer: CounterAnswer & { kind: 'response' }): FastifyReply {
  const { ReturnCode = '', ErrorMessage = '' } = answer.response
  const page = html`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${ReturnCode}</title>
<p>ReturnCode = [${ReturnCode}]</p><p>ErrorMessage = [${ErrorMessage}]</p></html>`
  return reply
    .code(400)
    .type('text/html; charset=utf-8')
    .header('Content-Security-Policy', "default-src 'none'")
    .send(page.text)
}
