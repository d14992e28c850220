import type { Event } from '@openbursar/sdk'

/** The id of what the event is about. */
export function objectIdOf({ data }: Pick<Event, 'data'>): string | null {
  const object: object = data.object
  return 'id' in object && typeof object.id === 'string' ? object.id : null
}
