import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import type { Clock } from '../../../kernel/clock.js'
import { describeNetworkError, readLimited } from '../provider-response.reader.js'
import type { AlipayMerchant } from './alipay.settings.js'
import { openAnswer } from './alipay.signature.js'
import { type AlipayMethod, ResultMessage, toWireTime } from './alipay.wire.js'

const RESPONSE_BYTES_MAX = 1024 * 1024
const STATEMENT_BYTES_MAX = 256 * 1024 * 1024
const USER_AGENT = 'openbursar'

export interface AlipayCall {
  readonly method: AlipayMethod
  readonly bizContent: Readonly<Record<string, unknown>>
  readonly notify_url?: string
  readonly return_url?: string
}

/** `believed`: Alipay's own words, signature verified. `doubtful`: anything may have happened. */
export type AlipayReply =
  | { readonly kind: 'believed'; readonly result: ResultMessage }
  | { readonly kind: 'doubtful'; readonly reason: string }

/**
 * Signs with Alipay's SDK; the HTTP is ours. The SDK's `exec` limits the wait for each piece of an
 * answer and not the whole, follows redirects, reads answers of any size, and stamps requests with
 * the server's local time where Alipay wants that of GMT+8.
 * Never throws for what the network or Alipay does.
 */
export class AlipayClient {
  constructor(private readonly clock: Clock) {}

  async send(
    merchant: AlipayMerchant,
    call: AlipayCall,
    signal: AbortSignal,
  ): Promise<AlipayReply> {
    const query = new URLSearchParams(
      merchant.sdk.sdkExecute(call.method, this.parameters(call), {
        bizContentAutoSnakeCase: false,
      }),
    )
    const bizContent = query.get('biz_content') ?? ''
    query.delete('biz_content')
    try {
      const response = await fetch(`${merchant.gateway}?${query}`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'user-agent': USER_AGENT,
          'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
        },
        body: new URLSearchParams({ biz_content: bizContent }).toString(),
        // Alipay never redirects a call; following one would send a signed request to somebody else.
        redirect: 'error',
        signal,
      })
      return judge(merchant, call.method, response, await readLimited(response, RESPONSE_BYTES_MAX))
    } catch (error) {
      return { kind: 'doubtful', reason: `Alipay did not answer: ${describeNetworkError(error)}` }
    }
  }

  /** Where the payer's browser is sent. Nothing is called: the order is in the signed address. */
  redirectUrl(merchant: AlipayMerchant, call: AlipayCall): string {
    return merchant.sdk.pageExecute(call.method, 'GET', this.parameters(call))
  }

  /** A statement's file. It is not signed: what is inside must prove itself. */
  async download(url: string, signal: AbortSignal): Promise<Buffer | string> {
    try {
      const response = await fetch(url, {
        headers: { 'user-agent': USER_AGENT },
        redirect: 'error',
        signal,
      })
      if (response.status !== 200) return `the statement's address answers HTTP ${response.status}`
      return (await readLimited(response, STATEMENT_BYTES_MAX)) ?? 'the statement is over 256 MiB'
    } catch (error) {
      return `the statement was not received: ${describeNetworkError(error)}`
    }
  }

  private parameters(call: AlipayCall): Record<string, unknown> {
    const { notify_url, return_url, bizContent } = call
    return {
      timestamp: toWireTime(this.clock.now()),
      ...(notify_url === undefined ? {} : { notify_url }),
      ...(return_url === undefined ? {} : { return_url }),
      bizContent,
    }
  }
}

function judge(
  merchant: AlipayMerchant,
  method: AlipayMethod,
  response: Response,
  body: Buffer | null,
): AlipayReply {
  const { status } = response
  if (!body) return { kind: 'doubtful', reason: `HTTP ${status} with a body over 1 MiB` }
  // Alipay says everything with 200; whatever else comes is from something in between.
  if (status !== 200) return { kind: 'doubtful', reason: `HTTP ${status}` }
  const text = decodeUtf8(body)
  if (text === null) return { kind: 'doubtful', reason: 'an answer that is not UTF-8' }
  const opened = openAnswer(text, `${method.replaceAll('.', '_')}_response`, merchant)
  if (opened.kind === 'doubtful') {
    // Alipay leaves some refusals unsigned; a signature that does not fit is somebody else's.
    if (text.includes('"sign"')) {
      reportSecurityEvent('channel_answer_forged', { channel: 'alipay', reason: 'signature' })
    }
    return opened
  }
  const result = ResultMessage.safeParse(opened.content)
  return result.success
    ? { kind: 'believed', result: result.data }
    : { kind: 'doubtful', reason: 'a signed answer that fits no schema' }
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
