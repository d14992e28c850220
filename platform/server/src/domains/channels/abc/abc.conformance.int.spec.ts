import { describeChannel } from '../channel.conformance.js'
import { ABC_PROVIDER } from './abc-provider.conformance.js'

describeChannel(ABC_PROVIDER)
