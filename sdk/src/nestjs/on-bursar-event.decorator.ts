import { SetMetadata } from '@nestjs/common'
import type { EventOf } from '../core/webhooks.js'
import type { EventObjects } from '../resources/types.js'

export const EVENT_TYPES_METADATA = 'openbursar:event-types'

/** A method that takes events of these types, and nothing else. */
type HandlerOf<Type extends keyof EventObjects> = (event: EventOf<Type>) => unknown

/**
 * Calls this method for each event of these types. The platform delivers at least once: do the work in one
 * transaction with remembering `event.id`. When the method throws, the webhook is answered 500 and comes
 * again, for every method that wants it.
 *
 * ```ts
 * @OnBursarEvent('payment.succeeded')
 * async paid(event: EventOf<'payment.succeeded'>) {}
 * ```
 */
export function OnBursarEvent<Type extends keyof EventObjects>(...types: [Type, ...Type[]]) {
  return <Handler extends HandlerOf<Type>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Handler>,
  ): void => {
    SetMetadata(EVENT_TYPES_METADATA, types)(target, name, descriptor)
  }
}
