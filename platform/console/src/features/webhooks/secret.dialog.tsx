import type { WebhookEndpoint } from '@openbursar/sdk'
import { Button, Modal } from 'antd'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { webhookMessages } from './webhooks.messages.js'

interface SecretDialogProps {
  readonly endpoint: WebhookEndpoint | null
  readonly onClose: () => void
}

/** The platform tells a secret once. It goes away with this dialog, and only by its button. */
export function SecretDialog({ endpoint, onClose }: SecretDialogProps) {
  const words = useMessages(webhookMessages)
  return (
    <Modal
      open={endpoint?.secret !== undefined}
      title={words.secretTitle}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {words.saved}
        </Button>
      }
    >
      <p className="dialog-text">{words.secretLead}</p>
      <CodeBlock label={words.secret} code={endpoint?.secret ?? ''} />
    </Modal>
  )
}
