import type { DeletedWebhookEndpoint, WebhookEndpoint } from '@openbursar/sdk'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { ResendRange } from './resend-range.dialog.js'
import { RotateSecret } from './rotate-secret.view.js'
import { webhookMessages } from './webhooks.messages.js'

const CHANGED = ['webhook_endpoints', 'webhook_deliveries']

export function EndpointActions({ endpoint }: { endpoint: WebhookEndpoint }) {
  const words = useMessages(webhookMessages)
  const mayWrite = useScope('webhooks:write')
  const navigate = useNavigate()
  const enable = useApiMutation<WebhookEndpoint>(
    (bursar, _, options) => bursar.webhookEndpoints.enable(endpoint.id, options),
    { changes: CHANGED },
  )
  const remove = useApiMutation<DeletedWebhookEndpoint>(
    (bursar, _, options) => bursar.webhookEndpoints.delete(endpoint.id, options),
    { changes: CHANGED, onDone: () => void navigate('/webhook_endpoints') },
  )
  if (!mayWrite) return null
  return (
    <>
      {endpoint.status === 'enabled' ? (
        <>
          <ResendRange endpoint={endpoint.id} />
          <RotateSecret endpoint={endpoint} />
          <DisableButton endpoint={endpoint} />
        </>
      ) : (
        <Button type="primary" loading={enable.isPending} onClick={() => enable.mutate()}>
          {words.enable}
        </Button>
      )}
      <ConfirmButton
        label={words.remove}
        title={words.removeTitle}
        confirmLabel={words.remove}
        isDangerous
        onConfirm={() => remove.mutateAsync()}
      >
        {words.removeDetail}
      </ConfirmButton>
    </>
  )
}

function DisableButton({ endpoint }: { endpoint: WebhookEndpoint }) {
  const words = useMessages(webhookMessages)
  const [reason, setReason] = useState('')
  const id = useId()
  const disable = useApiMutation<WebhookEndpoint>(
    (bursar, _, options) =>
      bursar.webhookEndpoints.disable(
        endpoint.id,
        reason.trim() === '' ? {} : { reason: reason.trim() },
        options,
      ),
    { changes: CHANGED },
  )
  return (
    <ConfirmButton
      label={words.disable}
      title={words.disableTitle}
      confirmLabel={words.disable}
      isDangerous
      onConfirm={() => disable.mutateAsync()}
    >
      <p>{words.disableDetail}</p>
      <div className="form-rows">
        <label htmlFor={id}>{words.disableReason}</label>
        <Input
          id={id}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </ConfirmButton>
  )
}
