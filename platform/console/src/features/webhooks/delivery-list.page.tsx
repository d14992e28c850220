import type { WebhookDelivery } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { EVENT_TYPES } from '../../ui/event-types.table.js'
import { ObjectId } from '../../ui/object-id.view.js'
import {
  useCreatedColumn,
  useDayFields,
  useStatusColumn,
  useStatusField,
} from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { webhookMessages } from './webhooks.messages.js'

const FILTERS = ['status', 'event_type', 'event_id', 'from', 'to'] as const

export function DeliveryListPage() {
  const words = useMessages(webhookMessages)
  return (
    <RecordList<WebhookDelivery, (typeof FILTERS)[number]>
      list="webhook_deliveries"
      title={words.deliveries}
      lead={words.deliveriesLead}
      empty={<p>{words.noDeliveries}</p>}
      names={FILTERS}
      fields={[
        useStatusField('webhook_delivery'),
        {
          kind: 'choice',
          name: 'event_type',
          label: words.event,
          choices: EVENT_TYPES.map((type) => [type, type]),
        },
        ...useDayFields(),
      ]}
      columns={[
        { key: 'event', title: words.event, render: (row) => <code>{row.event_type}</code> },
        useStatusColumn('webhook_delivery'),
        {
          key: 'endpoint',
          title: words.endpoint,
          isMinor: true,
          render: ({ endpoint_id }) => <ObjectId id={endpoint_id} />,
        },
        {
          key: 'attempts',
          title: words.attempts,
          align: 'end',
          render: ({ attempt_count }) => attempt_count,
        },
        useCreatedColumn(),
      ]}
    />
  )
}
