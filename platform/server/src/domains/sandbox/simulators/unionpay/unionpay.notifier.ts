import {
  type NoticeRecord,
  type NotifierOptions,
  SimulatorNotifier,
} from '../simulator.notifier.js'
import type { NotifyBehaviour } from '../simulator-play.js'
import type { UnionpayAuthority } from './unionpay.authority.js'
import type { Fields } from './unionpay.signature.js'

export interface UnionpayNotifierOptions extends Omit<NotifierOptions, 'write' | 'findFault'> {
  readonly authority: UnionpayAuthority
}

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8'
const OTHER_MERCHANT_ID = '777290058999999'

/** UnionPay telling a merchant what happened, until the merchant answers 200. */
export function unionpayNotifier(options: UnionpayNotifierOptions): SimulatorNotifier {
  const { authority, ...rest } = options
  return new SimulatorNotifier({
    ...rest,
    async write(notice) {
      const body = new URLSearchParams(await sealed(notice, authority)).toString()
      return { headers: { 'Content-Type': FORM }, body }
    },
    findFault: (status) => (status === 200 ? null : 'the answer is not 200'),
  })
}

/** A notification of another merchant or amount is UnionPay's own in every other way. */
export function falsified(fields: Fields, behaviour: NotifyBehaviour): Fields {
  if (behaviour === 'wrong_merchant') return { ...fields, merId: OTHER_MERCHANT_ID }
  if (behaviour !== 'wrong_amount') return fields
  return { ...fields, txnAmt: String(BigInt(fields.txnAmt ?? '0') + 1n) }
}

/** UnionPay has no probe of its own: an unsigned copy stands for one. */
async function sealed({ fields, behaviour }: NoticeRecord, authority: UnionpayAuthority) {
  if (behaviour === 'forged') return authority.forge(fields)
  const { signature = '', ...unsigned } = await authority.seal(fields)
  return behaviour === 'probe' ? unsigned : { ...unsigned, signature }
}
