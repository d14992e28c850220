import type { Event } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { objectIdOf } from './event-object.rules.js'
import { eventMessages } from './events.messages.js'

export function EventPage() {
  const words = useMessages(eventMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordView
      query={useRecord<Event>('events')}
      parent={{ to: '/events', title: words.title }}
      title={({ type }) => type}
      facts={(event) => [
        fact(words.about, <ObjectId id={objectIdOf(event)} />),
        fact(data.createdAt, <Instant at={event.created_at} withSeconds />),
        fact(words.apiVersion, event.api_version),
      ]}
    />
  )
}
