import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto'
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { signatureBase } from '@openbursar/sdk'

/** A request as a careless, broken or hostile program would make it. What is left out is done right. */
export interface RawRequest {
  /** GET without a body, POST with one. */
  readonly method?: string
  readonly path: string
  /** An object becomes JSON; text and bytes are sent as they are. */
  readonly body?: object | string | Buffer
  /** A fresh one on every POST unless given; null sends none. */
  readonly idempotencyKey?: string | null
  /** Set before signing; null removes one. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** False: no credentials at all. */
  readonly signed?: boolean
  readonly keyId?: string
  /** Unix seconds. */
  readonly created?: number
  readonly nonce?: string
  /** Changes the headers after they were signed. */
  readonly tamper?: (headers: OutgoingHttpHeaders) => void
  /** Sent instead of the body that was signed. */
  readonly bodySent?: string
}

/** The bytes of a request; sending it twice is a replay. */
export interface PreparedRequest {
  readonly method: string
  readonly url: string
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer | null
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it.
  readonly json: any
}

export interface Signer {
  readonly apiBase: string
  readonly keyId: string
  readonly privateKey: string
}

export function prepareRequest(signer: Signer, raw: RawRequest): PreparedRequest {
  const body = bytesOf(raw.body)
  const method = raw.method ?? (body === null ? 'GET' : 'POST')
  const url = `${signer.apiBase}${raw.path}`
  const headers = new Headers()
  if (body !== null) {
    headers.set('content-type', 'application/json')
    headers.set('content-digest', `sha-256=:${createHash('sha256').update(body).digest('base64')}:`)
  }
  const idempotencyKey = raw.idempotencyKey === undefined ? newKey() : raw.idempotencyKey
  if (method === 'POST' && idempotencyKey !== null) headers.set('idempotency-key', idempotencyKey)
  for (const [name, value] of Object.entries(raw.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  if (raw.signed !== false) addSignature(signer, raw, { method, targetUri: url, headers })
  const sent = raw.bodySent === undefined ? body : Buffer.from(raw.bodySent)
  const outgoing: OutgoingHttpHeaders = Object.fromEntries(headers)
  if (sent !== null) outgoing['content-length'] = String(sent.length)
  raw.tamper?.(outgoing)
  return { method, url, headers: outgoing, body: sent }
}

/** Sends through node:http, which, unlike fetch, also sends what is forbidden. */
export function transmit(prepared: PreparedRequest): Promise<RawAnswer> {
  const { method, url, headers, body } = prepared
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.once('error', reject)
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        const received = new Headers(
          Object.entries(incoming.headersDistinct).map(([name, values]): [string, string] => [
            name,
            (values ?? []).join(', '),
          ]),
        )
        resolve({
          status: incoming.statusCode ?? 0,
          headers: received,
          text,
          json: parsed(text),
        })
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body ?? undefined)
  })
}

export const newKey = (): string => randomBytes(12).toString('hex')

function addSignature(
  signer: Signer,
  raw: RawRequest,
  request: { method: string; targetUri: string; headers: Headers },
): void {
  const { base, params } = signatureBase(request, raw.keyId ?? signer.keyId, {
    created: raw.created ?? Math.floor(Date.now() / 1000),
    nonce: raw.nonce ?? randomBytes(16).toString('base64url'),
  })
  const signature = sign(null, Buffer.from(base), createPrivateKey(signer.privateKey))
  request.headers.set('signature-input', `bursar=${params}`)
  request.headers.set('signature', `bursar=:${signature.toString('base64')}:`)
}

function bytesOf(body: RawRequest['body']): Buffer | null {
  if (body === undefined) return null
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
