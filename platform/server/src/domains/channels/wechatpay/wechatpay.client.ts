import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../kernel/clock.js'
import type { WechatpayMerchant } from './wechatpay.settings.js'
import { authorize, findSignatureFault } from './wechatpay.signature.js'
import { HEADER } from './wechatpay.wire.js'

const RESPONSE_BYTES_MAX = 1024 * 1024
const USER_AGENT = 'openbursar'

export interface WechatpayCall {
  readonly method: 'GET' | 'POST'
  /** Below the account's base URL, with its query. */
  readonly path: string
  readonly json?: Readonly<Record<string, unknown>>
}

/** `believed`: WeChat's own words, signature verified. `doubtful`: anything may have happened. */
export type WechatpayReply =
  | { readonly kind: 'believed'; readonly status: number; readonly json: unknown }
  | { readonly kind: 'doubtful'; readonly reason: string }

/** Signed HTTP. Never throws for what the network or WeChat does, and believes no unsigned word. */
export class WechatpayClient {
  constructor(
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  async send(merchant: WechatpayMerchant, call: WechatpayCall): Promise<WechatpayReply> {
    const url = new URL(merchant.baseUrl + call.path)
    const body = call.json === undefined ? '' : JSON.stringify(call.json)
    const authorization = await authorize(
      {
        method: call.method,
        target: url.pathname + url.search,
        body,
        timestampSeconds: Math.floor(this.clock.now().getTime() / 1000),
        nonce: randomBytes(16).toString('hex'),
      },
      merchant,
    )
    try {
      const response = await fetch(url, {
        method: call.method,
        headers: {
          accept: 'application/json',
          authorization,
          'user-agent': USER_AGENT,
          [HEADER.serial]: merchant.platform_key_id,
          ...(body === '' ? {} : { 'content-type': 'application/json' }),
        },
        // WeChat never redirects; following one would send a signed request to somebody else.
        redirect: 'error',
        signal: AbortSignal.timeout(this.deadlineMs),
        ...(body === '' ? {} : { body }),
      })
      return this.judge(merchant, response, await readLimited(response))
    } catch (error) {
      return { kind: 'doubtful', reason: `WeChat Pay did not answer: ${describe(error)}` }
    }
  }

  private judge(
    merchant: WechatpayMerchant,
    response: Response,
    body: Buffer | null,
  ): WechatpayReply {
    const status = response.status
    if (!body) return { kind: 'doubtful', reason: `HTTP ${status} with a body over 1 MiB` }
    const headers = Object.fromEntries(response.headers)
    const fault = findSignatureFault(headers, body, merchant, this.clock.now())
    if (fault) return { kind: 'doubtful', reason: `HTTP ${status} is not believed: ${fault}` }
    const json = body.length === 0 ? null : parseJson(body)
    if (json === undefined) return { kind: 'doubtful', reason: `HTTP ${status} without JSON` }
    return { kind: 'believed', status, json }
  }
}

/** Undefined when the bytes are not JSON in UTF-8. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

async function readLimited(response: Response): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > RESPONSE_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** fetch says "fetch failed" and keeps the reason (ECONNREFUSED …) in the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  return error.cause instanceof Error ? error.cause.message : error.message
}
