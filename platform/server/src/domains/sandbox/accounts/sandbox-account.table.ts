import type { ChannelCode } from '../../channels/channel.port.js'
import { abcAccount } from './abc.account.js'
import { alipayAccount } from './alipay.account.js'
import { campusCardAccount, cashAccount } from './in-house.accounts.js'
import type { SandboxAccount } from './sandbox-account.types.js'
import { unionpayAccount } from './unionpay.account.js'
import { wechatpayAccount } from './wechatpay.account.js'

/** A new institution gets an account at each: at the simulated providers, and at the channels of the house. */
export const SANDBOX_ACCOUNTS: Readonly<Partial<Record<ChannelCode, SandboxAccount>>> = {
  wechatpay: wechatpayAccount,
  alipay: alipayAccount,
  unionpay: unionpayAccount,
  abc: abcAccount,
  campus_card: campusCardAccount,
  cash: cashAccount,
}
