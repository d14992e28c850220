import { describeChannel } from '../channel.conformance.js'
import { WECHATPAY_PROVIDER } from './wechatpay-provider.conformance.js'

describeChannel(WECHATPAY_PROVIDER)
