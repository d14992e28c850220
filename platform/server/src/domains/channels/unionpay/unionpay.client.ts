import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import type { Clock } from '../../../kernel/clock.js'
import { describeNetworkError, readLimited } from '../provider-response.reader.js'
import { type Fields, parseAnswer } from './unionpay.fields.js'
import type { UnionpayMerchant } from './unionpay.settings.js'
import { findSignatureFault, signFields } from './unionpay.signature.js'
import { COMMON_FIELDS, Envelope } from './unionpay.wire.js'

const USER_AGENT = 'openbursar'
const ANSWER_BYTES_MAX = 1024 * 1024

export interface UnionpayCall {
  readonly url: string
  readonly fields: Fields
  readonly bytesMax?: number
}

/** `believed`: UnionPay's own words, signature verified. `doubtful`: anything may have happened. */
export type UnionpayReply =
  | { readonly kind: 'believed'; readonly fields: Fields }
  | { readonly kind: 'doubtful'; readonly reason: string }

/** Signed forms over HTTP. Never throws for what the network or UnionPay does. */
export class UnionpayClient {
  constructor(
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  /** One deadline for a whole operation, however many calls it takes. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.deadlineMs)
  }

  async send(
    merchant: UnionpayMerchant,
    call: UnionpayCall,
    signal: AbortSignal = this.deadline(),
  ): Promise<UnionpayReply> {
    const request = { ...COMMON_FIELDS, merId: merchant.merchant_id, ...call.fields }
    const form = new URLSearchParams(await signFields(request, merchant))
    try {
      const response = await fetch(call.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
          'user-agent': USER_AGENT,
        },
        body: form.toString(),
        // UnionPay never redirects; following one would send a signed request to somebody else.
        redirect: 'error',
        signal,
      })
      const body = await readLimited(response, call.bytesMax ?? ANSWER_BYTES_MAX)
      return this.judge(merchant, request, response.status, body)
    } catch (error) {
      return { kind: 'doubtful', reason: `UnionPay did not answer: ${describeNetworkError(error)}` }
    }
  }

  /** Believes an answer that is signed, and about what was asked. */
  private judge(
    merchant: UnionpayMerchant,
    asked: Fields,
    status: number,
    body: Buffer | null,
  ): UnionpayReply {
    const doubt = (reason: string): UnionpayReply => ({
      kind: 'doubtful',
      reason: `HTTP ${status} ${reason}`,
    })
    if (!body) return doubt('with a body that is too long')
    if (status !== 200) return doubt('where UnionPay answers 200')
    const text = decodeUtf8(body)
    const fields = text === null ? null : parseAnswer(text)
    if (!fields) return doubt('without fields')
    const fault = findSignatureFault(fields, merchant, this.clock.now())
    if (fault) {
      reportSecurityEvent('channel_answer_forged', { channel: 'unionpay', reason: 'signature' })
      return doubt(`is not believed: ${fault}`)
    }
    if (!Envelope.safeParse(fields).success) return doubt('fits no schema')
    const isAbout = ['merId', 'orderId', 'txnTime'].every((name) => fields[name] === asked[name])
    return isAbout ? { kind: 'believed', fields } : doubt('is about something else')
  }
}

/** Null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
