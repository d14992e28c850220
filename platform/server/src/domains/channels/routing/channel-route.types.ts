import type { RoutingRule } from './channel-routing.rules.js'

/** A row of `channel_routes`. */
export interface ChannelRouteRow extends RoutingRule {
  readonly institution_id: string
  readonly livemode: boolean
  readonly metadata: unknown
  readonly created_at: Date
  readonly updated_at: Date
}
