import type { WebhookResend } from '@openbursar/sdk'
import { Button, Checkbox, Input, Modal } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { webhookMessages } from './webhooks.messages.js'

const DAY_MS = 86_400_000
const EVERY_MS = 1_000

interface Range {
  readonly from: string
  readonly to: string
  readonly only_failed: boolean
}

/** Sends what an endpoint missed, and shows how far it is. */
export function ResendRange({ endpoint }: { endpoint: string }) {
  const words = useMessages(webhookMessages)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.resendRange}</Button>
      <Modal
        open={isOpen}
        title={words.resendRange}
        footer={null}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <p className="dialog-text">{words.resendRangeLead}</p>
        <RangeForm endpoint={endpoint} />
      </Modal>
    </>
  )
}

function RangeForm({ endpoint }: { endpoint: string }) {
  const words = useMessages(webhookMessages)
  const [from, setFrom] = useState(() => localText(Date.now() - DAY_MS))
  const [to, setTo] = useState(() => localText(Date.now()))
  const [onlyFailed, setOnlyFailed] = useState(true)
  const start = useApiMutation<WebhookResend, Range>(
    (bursar, range, options) =>
      bursar.webhookEndpoints.resend(endpoint, { ...range, event_types: [] }, options),
    { changes: ['webhook_deliveries', 'webhook_endpoints'] },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
    start.mutate({ ...range, only_failed: onlyFailed })
  }
  const id = useId()
  return (
    <form className="form-rows" onSubmit={submit}>
      <label htmlFor={`${id}from`}>{words.from}</label>
      <Input
        id={`${id}from`}
        type="datetime-local"
        required
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <label htmlFor={`${id}to`}>{words.to}</label>
      <Input
        id={`${id}to`}
        type="datetime-local"
        required
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <Checkbox checked={onlyFailed} onChange={() => setOnlyFailed(!onlyFailed)}>
        {words.onlyFailed}
      </Checkbox>
      {start.error !== null && <ProblemNote problem={problemOf(start.error)} />}
      {start.data !== undefined && <Progress started={start.data} />}
      <div className="form-actions">
        <Button type="primary" htmlType="submit" loading={start.isPending}>
          {words.resendDo}
        </Button>
      </div>
    </form>
  )
}

function Progress({ started }: { started: WebhookResend }) {
  const words = useMessages(webhookMessages)
  const { data = started } = useApiQuery<WebhookResend>(
    ['webhook_resends', started.id],
    (bursar, options) => bursar.webhookResends.get(started.id, options),
    { everyMs: EVERY_MS, isOver: ({ status }) => status !== 'running' },
  )
  return (
    <p role="status">
      {words.resendStates[data.status]} · {words.resendCount(data.sent_count, data.event_count)}
    </p>
  )
}

/** As `datetime-local` wants it: the time of this device, without a zone. */
function localText(atMs: number): string {
  const shifted = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}
