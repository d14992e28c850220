import { z } from 'zod'
import { Amount, Metadata, Text } from '../../infra/http/wire.schema.js'
import { EventType } from '../webhooks/events/event.schema.js'

const TriggerOverrides = z
  .strictObject({
    amount: Amount.optional().describe(
      '1 yuan unless said. Not heeded where an amount of its own brings the event about.',
    ),
    title: Text(40).optional().describe('What is paid, or why something is done.'),
    metadata: Metadata.optional().describe('Of the object, where it has metadata.'),
  })
  .meta({ id: 'TriggerOverrides' })
export type TriggerOverrides = z.infer<typeof TriggerOverrides>

export const TriggerEvent = z
  .strictObject({
    type: EventType,
    object: TriggerOverrides.optional().describe('What the object shall say.'),
  })
  .meta({ id: 'TriggerEvent' })
export type TriggerEvent = z.infer<typeof TriggerEvent>
