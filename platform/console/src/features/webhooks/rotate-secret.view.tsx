import type { WebhookEndpoint } from '@openbursar/sdk'
import { useId, useState } from 'react'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { SecretDialog } from './secret.dialog.js'
import { webhookMessages } from './webhooks.messages.js'

const KEEP_SECONDS_DEFAULT = '86400'

/** A new secret without a gap: both sign until the old one ends. */
export function RotateSecret({ endpoint }: { endpoint: WebhookEndpoint }) {
  const words = useMessages(webhookMessages)
  const [keep, setKeep] = useState(KEEP_SECONDS_DEFAULT)
  const [rotated, setRotated] = useState<WebhookEndpoint | null>(null)
  const id = useId()
  const rotate = useApiMutation<WebhookEndpoint>(
    (bursar, _, options) =>
      bursar.webhookEndpoints.rotateSecret(
        endpoint.id,
        { keep_old_seconds: Number(keep) },
        options,
      ),
    { changes: ['webhook_endpoints'], onDone: setRotated },
  )
  const expire = useApiMutation<WebhookEndpoint>(
    (bursar, _, options) => bursar.webhookEndpoints.expireOldSecrets(endpoint.id, options),
    { changes: ['webhook_endpoints'] },
  )
  return (
    <>
      {endpoint.old_secrets_expire_at !== null && (
        <ConfirmButton
          label={words.expireOld}
          title={words.expireOld}
          confirmLabel={words.expireOld}
          isDangerous
          onConfirm={() => expire.mutateAsync()}
        >
          {words.expireOldDetail}
        </ConfirmButton>
      )}
      <ConfirmButton
        label={words.rotate}
        title={words.rotateTitle}
        confirmLabel={words.rotate}
        onConfirm={() => rotate.mutateAsync()}
      >
        <p>{words.rotateDetail}</p>
        <div className="form-rows">
          <label htmlFor={id}>{words.keepOld}</label>
          <select
            id={id}
            className="field-select"
            value={keep}
            onChange={(event) => setKeep(event.target.value)}
          >
            {Object.entries(words.keepChoices).map(([seconds, text]) => (
              <option key={seconds} value={seconds}>
                {text}
              </option>
            ))}
          </select>
        </div>
      </ConfirmButton>
      <SecretDialog endpoint={rotated} onClose={() => setRotated(null)} />
    </>
  )
}
