import { describeChannel } from '../channel.conformance.js'
import { UNIONPAY_PROVIDER } from './unionpay-provider.conformance.js'

describeChannel(UNIONPAY_PROVIDER)
