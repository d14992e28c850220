import { describeChannel } from '../channel.conformance.js'
import { ALIPAY_PROVIDER } from './alipay-provider.conformance.js'

describeChannel(ALIPAY_PROVIDER)
