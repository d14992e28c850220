import type { Breaker } from './channel-breaker.state.js'

/** A row of `channel_health`. No row: the breaker has been closed ever since. */
export interface ChannelHealthRow extends Breaker {
  readonly institution_id: string
  readonly livemode: boolean
  readonly account_id: string
  readonly last_error: string
  readonly last_error_at: Date
}
