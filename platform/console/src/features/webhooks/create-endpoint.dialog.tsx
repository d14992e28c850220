import type { EventType, WebhookEndpoint } from '@openbursar/sdk'
import { Button, Input, Modal } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { EventTypeChoice } from './event-type-choice.view.js'
import { SecretDialog } from './secret.dialog.js'
import { webhookMessages } from './webhooks.messages.js'

interface EndpointInput {
  readonly url: string
  readonly description: string
  readonly event_types: EventType[]
}

export function CreateEndpoint() {
  const words = useMessages(webhookMessages)
  const [isOpen, setOpen] = useState(false)
  const [created, setCreated] = useState<WebhookEndpoint | null>(null)
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {words.create}
      </Button>
      <Modal
        open={isOpen}
        title={words.create}
        footer={null}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <EndpointForm
          onCreated={(endpoint) => {
            setOpen(false)
            setCreated(endpoint)
          }}
        />
      </Modal>
      <SecretDialog endpoint={created} onClose={() => setCreated(null)} />
    </>
  )
}

function EndpointForm({ onCreated }: { onCreated: (endpoint: WebhookEndpoint) => void }) {
  const words = useMessages(webhookMessages)
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [types, setTypes] = useState<EventType[]>([])
  const create = useApiMutation<WebhookEndpoint, EndpointInput>(
    (bursar, { description: text, ...input }, options) =>
      bursar.webhookEndpoints.create(
        { ...input, metadata: {}, ...(text === '' ? {} : { description: text }) },
        options,
      ),
    { changes: ['webhook_endpoints'], onDone: onCreated },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ url: url.trim(), description: description.trim(), event_types: types })
  }
  const id = useId()
  return (
    <form className="form-rows" onSubmit={submit}>
      <label htmlFor={`${id}url`}>{words.url}</label>
      <Input
        id={`${id}url`}
        value={url}
        required
        maxLength={2048}
        inputMode="url"
        placeholder="https://"
        aria-describedby={`${id}hint`}
        onChange={(event) => setUrl(event.target.value)}
      />
      <p id={`${id}hint`} className="form-hint">
        {words.urlHint}
      </p>
      <label htmlFor={`${id}text`}>{words.description}</label>
      <Input
        id={`${id}text`}
        value={description}
        maxLength={500}
        onChange={(event) => setDescription(event.target.value)}
      />
      <EventTypeChoice types={types} onChange={setTypes} />
      {create.error !== null && <ProblemNote problem={problemOf(create.error)} />}
      <div className="form-actions">
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {words.create}
        </Button>
      </div>
    </form>
  )
}
