import type { ChannelAccount } from '../../channels/channel.port.js'

/** What a merchant account needs to be opened at a simulator. */
export interface SandboxAccountRequest {
  readonly merchant_name: string
  /** Where the simulated provider listens: `http://localhost:3100/wechatpay`. */
  readonly base_url: string
  /** Sends a merchant to the simulator's control, and answers with what it says. */
  register(merchant: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** How a new merchant account at one simulated provider comes about. */
export interface SandboxAccount {
  /** As people see it in lists. */
  readonly name: string
  /** A channel of the house: there is no provider, so none is simulated. */
  readonly isInHouse?: true
  open(request: SandboxAccountRequest): Promise<Pick<ChannelAccount, 'merchant_id' | 'settings'>>
}
