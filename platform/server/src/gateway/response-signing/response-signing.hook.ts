import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ResponseSigner } from './response-signer.js'

declare module 'fastify' {
  interface FastifyInstance {
    responseSigning: ResponseSigning
  }
}

/**
 * Signs what leaves, whatever made it: handlers, stored answers, refusals, unknown addresses. A request
 * that does not ask pays for one look at a header. The server has this before it has the keys, so
 * `signer` is set later; until then nothing is signed.
 */
export class ResponseSigning {
  signer: ResponseSigner | null = null

  /** Adds the headers; null when there is nothing to do. It never fails. */
  add(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> | null {
    const field = request.headers['accept-signature']
    if (field === undefined || this.signer === null) return null
    const body = bodyOf(request, payload)
    if (body === null) return null
    return addSignature(this.signer, String(field), request, reply, body)
  }
}

export function registerResponseSigning(server: FastifyInstance): void {
  const signing = new ResponseSigning()
  server.decorate('responseSigning', signing)
  server.addHook('onSend', (request, reply, payload: unknown, done) => {
    const signed = signing.add(request, reply, payload)
    if (signed === null) done(null, payload)
    else signed.then(() => done(null, payload), done)
  })
}

async function addSignature(
  signer: ResponseSigner,
  acceptSignature: string,
  request: FastifyRequest,
  reply: FastifyReply,
  body: string | Buffer,
): Promise<void> {
  try {
    const headers = await signer.sign(acceptSignature, {
      method: request.method,
      rawTarget: request.raw.url ?? '',
      status: reply.statusCode,
      body,
    })
    if (headers) reply.headers({ ...headers })
  } catch (error) {
    // The work is done and its answer matters more than the signature; the caller sees that it is missing.
    request.log.error({ err: error }, 'the response could not be signed')
  }
}

/**
 * The content as it will be sent. Null for a stream: it leaves unsigned, because its digest is known
 * only after the headers are gone.
 */
function bodyOf(request: FastifyRequest, payload: unknown): string | Buffer | null {
  // RFC 9110 section 9.3.2: an answer to HEAD has no content, whatever its headers say of one.
  if (request.method === 'HEAD' || payload === undefined || payload === null) return ''
  return typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : null
}
