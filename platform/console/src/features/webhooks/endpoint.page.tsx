import type { WebhookEndpoint } from '@openbursar/sdk'
import { useParams } from 'react-router'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { Panel } from '../../ui/panel.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { DeliveryTable } from './delivery-table.view.js'
import { EndpointActions } from './endpoint-actions.view.js'
import { GradePanel } from './grade.panel.js'
import { webhookMessages } from './webhooks.messages.js'

export function EndpointPage() {
  const words = useMessages(webhookMessages)
  const { id = '' } = useParams()
  return (
    <RecordView
      query={useRecord<WebhookEndpoint>('webhook_endpoints')}
      parent={{ to: '/webhook_endpoints', title: words.title }}
      title={({ url }) => url}
      status={({ status }) => `webhook_endpoint.${status}`}
      actions={(endpoint) => <EndpointActions endpoint={endpoint} />}
      facts={useEndpointFacts()}
    >
      {() => (
        <>
          <Panel title={words.deliveries}>
            <DeliveryTable endpoint={id} />
          </Panel>
          <GradePanel endpoint={id} />
        </>
      )}
    </RecordView>
  )
}

function useEndpointFacts(): (endpoint: WebhookEndpoint) => Fact[] {
  const words = useMessages(webhookMessages)
  const data = useMessages(dataMessages)
  const reasons: Record<string, string> = words.reasons
  const instant = (at: string | null) => at && <Instant at={at} withSeconds />
  return (endpoint) => [
    fact(words.description, endpoint.description),
    fact(
      words.eventTypes,
      endpoint.event_types.length === 0 ? (
        words.allTypes
      ) : (
        <code>{endpoint.event_types.join(', ')}</code>
      ),
    ),
    fact(
      words.disabledReason,
      endpoint.disabled_reason &&
        [reasons[endpoint.disabled_reason] ?? endpoint.disabled_reason, endpoint.disabled_note]
          .filter(Boolean)
          .join('：'),
    ),
    fact(words.disabledAt, instant(endpoint.disabled_at)),
    fact(words.failingSince, instant(endpoint.failing_since)),
    fact(words.rotatedAt, instant(endpoint.secret_rotated_at)),
    fact(words.oldSecretsUntil, instant(endpoint.old_secrets_expire_at)),
    fact(words.verifiedAt, instant(endpoint.verified_at)),
    fact(data.createdAt, instant(endpoint.created_at)),
  ]
}
