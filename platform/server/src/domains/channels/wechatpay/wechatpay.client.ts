import { randomBytes } from 'node:crypto'
import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import type { Clock } from '../../../kernel/clock.js'
import { describeNetworkError, readLimited } from '../provider-response.reader.js'
import type { WechatpayMerchant } from './wechatpay.settings.js'
import { authorize, findSignatureFault, OTHER_KEY_FAULT } from './wechatpay.signature.js'
import { HEADER } from './wechatpay.wire.js'

const RESPONSE_BYTES_MAX = 1024 * 1024
/** A statement of a large day takes its time. */
const DOWNLOAD_DEADLINE_MS = 10 * 60_000
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
  | { readonly kind: 'doubtful'; readonly reason: string; readonly isOtherKey?: boolean }

/** Signed HTTP. Never throws for what the network or WeChat does, and believes no unsigned word. */
export class WechatpayClient {
  constructor(
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  async send(merchant: WechatpayMerchant, call: WechatpayCall): Promise<WechatpayReply> {
    const url = new URL(merchant.baseUrl + call.path)
    const body = call.json === undefined ? '' : JSON.stringify(call.json)
    try {
      const response = await this.request(merchant, { ...call, url, body }, this.deadlineMs)
      return this.judge(merchant, response, await readLimited(response, RESPONSE_BYTES_MAX))
    } catch (error) {
      return doubtful(`WeChat Pay did not answer: ${describeNetworkError(error)}`)
    }
  }

  /**
   * A file that WeChat named in a signed answer. It is not signed itself, so whoever takes it compares
   * its hash. Only WeChat's own host is asked: the request carries the merchant's signature.
   */
  async download(
    merchant: WechatpayMerchant,
    address: string,
    save: (body: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<WechatpayReply> {
    const url = new URL(address)
    if (url.origin !== new URL(merchant.baseUrl).origin) {
      return doubtful(`a file at ${url.origin}, which is not where the account says WeChat Pay is`)
    }
    try {
      const call = { method: 'GET', url, body: '' } as const
      const response = await this.request(merchant, call, DOWNLOAD_DEADLINE_MS)
      if (response.status !== 200 || !response.body) {
        await response.body?.cancel()
        return doubtful(`HTTP ${response.status} instead of a file`)
      }
      await save(response.body)
      return { kind: 'believed', status: response.status, json: null }
    } catch (error) {
      return doubtful(`the file did not arrive: ${describeNetworkError(error)}`)
    }
  }

  private async request(
    merchant: WechatpayMerchant,
    { method, url, body }: Pick<WechatpayCall, 'method'> & { url: URL; body: string },
    deadlineMs: number,
  ): Promise<Response> {
    const authorization = await authorize(
      {
        ...{ method, body, target: url.pathname + url.search },
        timestampSeconds: Math.floor(this.clock.now().getTime() / 1000),
        nonce: randomBytes(16).toString('hex'),
      },
      merchant,
    )
    return fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        authorization,
        'user-agent': USER_AGENT,
        [HEADER.serial]: merchant.platform_key_id,
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
      },
      // WeChat never redirects; following one would send a signed request to somebody else.
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
      ...(body === '' ? {} : { body }),
    })
  }

  private judge(
    merchant: WechatpayMerchant,
    response: Response,
    body: Buffer | null,
  ): WechatpayReply {
    const status = response.status
    if (!body) return doubtful(`HTTP ${status} with a body over 1 MiB`)
    const headers = Object.fromEntries(response.headers)
    const fault = findSignatureFault(headers, body, merchant, this.clock.now())
    if (fault) {
      // A gateway on the way answers 502 unsigned; who signs wrongly, or claims success, is somebody else.
      if (response.ok || headers[HEADER.signature] !== undefined) {
        reportSecurityEvent('channel_answer_forged', { channel: 'wechatpay', reason: 'signature' })
      }
      return doubtful(`HTTP ${status} is not believed: ${fault}`, fault === OTHER_KEY_FAULT)
    }
    const json = body.length === 0 ? null : parseJson(body)
    if (json === undefined) return doubtful(`HTTP ${status} without JSON`)
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

function doubtful(reason: string, isOtherKey = false): WechatpayReply {
  return { kind: 'doubtful', reason, isOtherKey }
}
