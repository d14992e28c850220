import type { WebhookDelivery } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { DataTable } from '../../ui/data-table.view.js'
import { FilterBar } from '../../ui/filter-bar.view.js'
import { Instant } from '../../ui/instant.view.js'
import { useObjectList } from '../../ui/object-list.hooks.js'
import { useCreatedColumn, useStatusColumn, useStatusField } from '../../ui/record/columns.view.js'
import { webhookMessages } from './webhooks.messages.js'

const FILTERS = ['status'] as const
const EVERY_MS = 4_000

/** What was or will be sent to one endpoint. */
export function DeliveryTable({ endpoint }: { endpoint: string }) {
  const words = useMessages(webhookMessages)
  const data = useMessages(dataMessages)
  const { filters, query } = useObjectList<WebhookDelivery, (typeof FILTERS)[number]>(
    `webhook_endpoints/${endpoint}/deliveries`,
    FILTERS,
    { everyMs: EVERY_MS },
  )
  return (
    <>
      <FilterBar
        label={data.filters}
        filters={filters}
        fields={[useStatusField('webhook_delivery')]}
      />
      <DataTable
        label={words.deliveries}
        query={query}
        rowTo={({ id }) => `/webhook_deliveries/${id}`}
        empty={<p>{words.noDeliveries}</p>}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
        columns={[
          { key: 'event', title: words.event, render: (row) => <code>{row.event_type}</code> },
          useStatusColumn('webhook_delivery'),
          {
            key: 'attempts',
            title: words.attempts,
            align: 'end',
            render: ({ attempt_count }) => attempt_count,
          },
          {
            key: 'next',
            title: words.nextAttempt,
            isMinor: true,
            render: ({ next_attempt_at: at }) => at && <Instant at={at} withSeconds />,
          },
          useCreatedColumn(),
        ]}
      />
    </>
  )
}
