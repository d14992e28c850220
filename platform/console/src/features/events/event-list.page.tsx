import type { Event } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { EVENT_TYPES } from '../../ui/event-types.table.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { useCreatedColumn, useDayFields } from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { objectIdOf } from './event-object.rules.js'
import { eventMessages } from './events.messages.js'

const FILTERS = ['type', 'from', 'to'] as const

export function EventListPage() {
  const words = useMessages(eventMessages)
  return (
    <RecordList<Event, (typeof FILTERS)[number]>
      list="events"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[
        {
          kind: 'choice',
          name: 'type',
          label: words.type,
          choices: EVENT_TYPES.map((type) => [type, type]),
        },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'type', title: words.type, render: ({ type }) => <code>{type}</code> },
        {
          key: 'object',
          title: words.about,
          render: (event) => <ObjectId id={objectIdOf(event)} />,
        },
        useCreatedColumn(),
      ]}
    />
  )
}
