import { reportSecurityEvent } from '../../../infra/logging/security-log.js'
import { describeNetworkError, readLimited } from '../provider-response.reader.js'
import { openEnvelope, sealMessage } from './abc.envelope.js'
import type { AbcMerchant } from './abc.settings.js'
import { AnswerMessage, CODE, CONTENT_TYPE, TRX_PATH } from './abc.wire.js'

const RESPONSE_BYTES_MAX = 1024 * 1024
const USER_AGENT = 'openbursar'

export type TrxRequest = Readonly<Record<string, unknown>> & { readonly TrxType: string }

/** `believed`: the bank’s own words, signature verified. `doubtful`: anything may have happened. */
export type AbcReply =
  | {
      readonly kind: 'believed'
      readonly code: string
      readonly message: string
      readonly response: Readonly<Record<string, unknown>>
    }
  | { readonly kind: 'doubtful'; readonly reason: string }

/** Signed HTTP. Never throws for what the network or the bank does, and believes no unsigned word. */
export class AbcClient {
  /** @param deadline when to stop waiting; an operation of two calls has one for both */
  async send(
    merchant: AbcMerchant,
    trxRequest: TrxRequest,
    deadline: AbortSignal,
    bytesMax = RESPONSE_BYTES_MAX,
  ): Promise<AbcReply> {
    const body = await sealMessage(
      {
        Version: 'V3.0.0',
        Format: 'JSON',
        Merchant: { ECMerchantType: 'EBUS', MerchantID: merchant.merchant_id },
        TrxRequest: trxRequest,
      },
      merchant.privateKey,
    )
    try {
      const response = await fetch(merchant.baseUrl + TRX_PATH, {
        method: 'POST',
        headers: { accept: '*/*', 'content-type': CONTENT_TYPE, 'user-agent': USER_AGENT },
        body: new Uint8Array(body),
        // The bank never redirects; following one would send a signed request to somebody else.
        redirect: 'error',
        signal: deadline,
      })
      return judge(merchant, response.status, await readLimited(response, bytesMax))
    } catch (error) {
      return doubtful(`the bank did not answer: ${describeNetworkError(error)}`)
    }
  }
}

function judge(merchant: AbcMerchant, status: number, body: Buffer | null): AbcReply {
  if (!body) return doubtful(`HTTP ${status} with a body that is too long`)
  if (status !== 200) return doubtful(`HTTP ${status}`)
  const opened = openEnvelope(body, merchant.bankKey)
  if (opened.fault !== null) {
    reportSecurityEvent('channel_answer_forged', { channel: 'abc', reason: 'signature' })
    return doubtful(`an answer is not believed: ${opened.fault}`)
  }
  const answer = AnswerMessage.safeParse(opened.message)
  if (!answer.success) return doubtful('an answer that fits no schema')
  const { Merchant, TrxResponse } = answer.data
  // The bank leaves the number out when it doesn't know what became of the request.
  const isOurs =
    Merchant.MerchantID === merchant.merchant_id ||
    (TrxResponse.ReturnCode === CODE.unknown && Merchant.MerchantID === '')
  if (!isOurs) return doubtful('an answer to another merchant')
  const { ReturnCode: code, ErrorMessage: message } = TrxResponse
  return { kind: 'believed', code, message, response: TrxResponse }
}

function doubtful(reason: string): AbcReply {
  return { kind: 'doubtful', reason }
}
