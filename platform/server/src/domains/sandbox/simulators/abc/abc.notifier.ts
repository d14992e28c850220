import { parseMajorText } from '../../../../kernel/money.js'
import {
  type NoticeRecord,
  type NotifierOptions,
  SimulatorNotifier,
} from '../simulator.notifier.js'
import type { NotifyBehaviour } from '../simulator-play.js'
import { type Response, toYuan } from './abc.answers.js'
import type { AbcKeys } from './abc.keys.js'
import { toMsg } from './abc.notice.js'

export interface AbcNotifierOptions extends Omit<NotifierOptions, 'write' | 'findFault'> {
  readonly keys: AbcKeys
}

const FORM = 'application/x-www-form-urlencoded'
const OTHER_MERCHANT_ID = '103880000000001'

/** The bank telling a merchant of a payment, until the merchant says it has heard. */
export function abcNotifier({ keys, ...options }: AbcNotifierOptions): SimulatorNotifier {
  return new SimulatorNotifier({
    ...options,
    async write(notice) {
      return {
        headers: { 'Content-Type': FORM },
        body: new URLSearchParams({ MSG: await msgOf(notice, keys) }).toString(),
      }
    },
    findFault: (status) => (status === 200 ? null : 'the answer is not 200'),
  })
}

/** A notification of another merchant or amount is the bank's own in every other way. */
export function falsified(response: Response, behaviour: NotifyBehaviour): Response {
  if (behaviour === 'wrong_merchant') return { ...response, MerchantID: OTHER_MERCHANT_ID }
  if (behaviour !== 'wrong_amount') return response
  const fen = Number(parseMajorText(response.Amount ?? '') ?? 0n)
  return { ...response, Amount: toYuan(fen + 1) }
}

async function msgOf({ behaviour, fields }: NoticeRecord, keys: AbcKeys): Promise<string> {
  if (behaviour === 'probe') return toMsg(fields, null)
  return toMsg(fields, behaviour === 'forged' ? await keys.stranger() : await keys.bank())
}
