import type { WebhookDelivery } from '@openbursar/sdk'
import { Button } from 'antd'
import { useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { AttemptPanel } from './attempt.panel.js'
import { webhookMessages } from './webhooks.messages.js'

export function DeliveryPage() {
  const words = useMessages(webhookMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordView
      query={useRecord<WebhookDelivery>('webhook_deliveries', ({ status }) => status === 'pending')}
      parent={{ to: '/webhook_deliveries', title: words.deliveries }}
      title={({ event_type }) => event_type}
      status={({ status }) => `webhook_delivery.${status}`}
      actions={({ id }) => <ResendButton id={id} />}
      facts={(delivery) => [
        fact(words.event, <ObjectId id={delivery.event_id} />),
        fact(words.endpoint, <ObjectId id={delivery.endpoint_id} />),
        fact(words.attempts, String(delivery.attempt_count)),
        fact(
          words.nextAttempt,
          delivery.next_attempt_at && <Instant at={delivery.next_attempt_at} withSeconds />,
        ),
        fact(data.createdAt, <Instant at={delivery.created_at} withSeconds />),
      ]}
    >
      {({ attempts }) =>
        attempts
          .toReversed()
          .map((attempt) => <AttemptPanel key={attempt.position} attempt={attempt} />)
      }
    </RecordView>
  )
}

/** The same event under the same id: a receiver that knows it already must say so and do nothing. */
function ResendButton({ id }: { id: string }) {
  const words = useMessages(webhookMessages)
  const mayWrite = useScope('webhooks:write')
  const resend = useApiMutation<WebhookDelivery>(
    (bursar, _, options) => bursar.webhookDeliveries.resend(id, options),
    { changes: ['webhook_deliveries', 'webhook_endpoints'] },
  )
  if (!mayWrite) return null
  return (
    <>
      {resend.error !== null && <ProblemNote problem={problemOf(resend.error)} />}
      {resend.isSuccess && <span role="status">{words.resent}</span>}
      <Button type="primary" loading={resend.isPending} onClick={() => resend.mutate()}>
        {words.resend}
      </Button>
    </>
  )
}
