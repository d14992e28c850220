import type { WebhookEndpoint } from '@openbursar/sdk'
import { useScope } from '../../api/api.context.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useCreatedColumn, useStatusColumn, useStatusField } from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { CreateEndpoint } from './create-endpoint.dialog.js'
import { webhookMessages } from './webhooks.messages.js'

const FILTERS = ['status'] as const

export function EndpointListPage() {
  const words = useMessages(webhookMessages)
  const mayWrite = useScope('webhooks:write')
  return (
    <RecordList<WebhookEndpoint, (typeof FILTERS)[number]>
      list="webhook_endpoints"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      actions={mayWrite && <CreateEndpoint />}
      names={FILTERS}
      fields={[useStatusField('webhook_endpoint')]}
      columns={[
        { key: 'url', title: words.url, render: ({ url }) => url },
        useStatusColumn('webhook_endpoint'),
        {
          key: 'types',
          title: words.eventTypes,
          render: ({ event_types }) =>
            event_types.length === 0 ? words.allTypes : words.someCount(event_types.length),
        },
        {
          key: 'description',
          title: words.description,
          isMinor: true,
          render: ({ description }) => description,
        },
        useCreatedColumn(),
      ]}
    />
  )
}
