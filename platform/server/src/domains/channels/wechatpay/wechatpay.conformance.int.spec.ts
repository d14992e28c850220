import { describeChannel } from '../channel.conformance.js'
import { makeWechatpayHarness } from './wechatpay-harness.conformance.js'

describeChannel('wechatpay', makeWechatpayHarness)
