import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import {
  type Notice,
  type NoticeRecord,
  type NoticeRequest,
  type NotifierOptions,
  SimulatorNotifier,
} from '../simulator.notifier.js'
import { wireTime } from '../simulator-merchant.clock.js'
import type { NotifyBehaviour } from '../simulator-play.js'
import { toWireTime } from './wechatpay.answers.js'
import { encryptResource } from './wechatpay.cipher.js'
import type { WechatpayKeys } from './wechatpay.keys.js'
import { signatureHeaders } from './wechatpay.signature.js'

export interface WechatpayNotifierOptions extends Omit<NotifierOptions, 'write' | 'findFault'> {
  readonly keys: WechatpayKeys
}

/** What happened, before it is encrypted. */
export interface WechatpayEvent {
  readonly event_type: string
  readonly summary: string
  readonly original_type: 'transaction' | 'refund'
  readonly resource: Record<string, unknown>
}

/** One notification, the same at every delivery: only its encryption and signature are made anew. */
const Fields = z.object({
  id: z.string(),
  create_time: z.string(),
  event_type: z.string(),
  summary: z.string(),
  original_type: z.enum(['transaction', 'refund']),
  /** JSON. */
  resource: z.string(),
})

const Amounts = z.record(z.string(), z.unknown())
const OTHER_MERCHANT_ID = '1999999999'

/** WeChat telling a merchant what happened, until the merchant answers 200 or 204. */
export function wechatpayNotifier(options: WechatpayNotifierOptions): SimulatorNotifier {
  const { keys, clock, ...rest } = options
  return new SimulatorNotifier({
    ...{ ...rest, clock },
    write: (notice) => writeNotice(notice, keys, clock),
    findFault: (status) =>
      status === 200 || status === 204 ? null : 'the answer is not 200 or 204',
  })
}

/** A notification of another merchant or amount is WeChat's own in every other way. */
export function toNoticeFields(
  event: WechatpayEvent,
  behaviour: NotifyBehaviour,
  now: Date,
): Notice['fields'] {
  const { event_type, summary, original_type } = event
  return {
    ...{ id: randomUUID(), create_time: toWireTime(now), event_type, summary, original_type },
    resource: JSON.stringify(falsified(event, behaviour)),
  }
}

async function writeNotice(
  notice: NoticeRecord,
  keys: WechatpayKeys,
  clock: Clock,
): Promise<NoticeRequest> {
  const merchant = await keys.merchant(notice.merchant_id)
  if (!merchant) throw new Error('the merchant is not registered any more')
  const { original_type, resource, ...head } = Fields.parse(notice.fields)
  const body = JSON.stringify({
    ...head,
    resource_type: 'encrypt-resource',
    resource: encryptResource(
      merchant.api_v3_key,
      original_type,
      Amounts.parse(JSON.parse(resource)),
    ),
  })
  const isForged = notice.behaviour === 'forged'
  const signer = isForged ? await keys.strangerKey() : await keys.platformKey()
  const signature = signatureHeaders(signer, body, wireTime(clock))
  if (notice.behaviour === 'probe') {
    const { 'Wechatpay-Signature': genuine } = signature
    signature['Wechatpay-Signature'] = `WECHATPAY/SIGNTEST/${genuine}`
  }
  const headers = { ...signature, 'Content-Type': 'application/json', 'User-Agent': 'Mozilla/4.0' }
  return { headers, body }
}

function falsified({ original_type, resource }: WechatpayEvent, behaviour: NotifyBehaviour) {
  if (behaviour === 'wrong_merchant') return { ...resource, mchid: OTHER_MERCHANT_ID }
  if (behaviour !== 'wrong_amount') return resource
  const field = original_type === 'refund' ? 'refund' : 'total'
  const amount = Amounts.parse(resource.amount)
  return { ...resource, amount: { ...amount, [field]: Number(amount[field]) + 1 } }
}
