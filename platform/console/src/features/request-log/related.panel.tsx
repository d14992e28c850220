import type { RequestLogDetail } from '@openbursar/sdk'
import { Link } from 'react-router'
import { useMessages } from '../../i18n/feature-messages.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { Panel } from '../../ui/panel.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { durationText } from './duration.format.js'
import { requestLogMessages } from './request-log.messages.js'

/** What a call caused: events, what they are about, and the webhooks that told of them. */
export function RelatedPanel({ related }: Pick<RequestLogDetail, 'related'>) {
  const words = useMessages(requestLogMessages)
  const { events, deliveries } = related
  if (events.length === 0) return null
  return (
    <Panel title={words.caused}>
      <ul className="line-list">
        {events.map(({ id, type, object_id }) => (
          <li key={id}>
            <Link to={`/events/${id}`}>
              <code>{type}</code>
            </Link>
            <ObjectId id={object_id} />
            <span className="line-end line-actions">
              {deliveries
                .filter(({ event_id }) => event_id === id)
                .map((delivery) => (
                  <Link key={delivery.id} to={`/webhook_deliveries/${delivery.id}`}>
                    <StatusTag status={`webhook_delivery.${delivery.status}`} />
                  </Link>
                ))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** Where the time went, step by step. */
export function TimingText({ timing }: Pick<RequestLogDetail, 'timing'>) {
  const { steps } = useMessages(requestLogMessages)
  if (timing === null) return null
  const taken: [string, number | null][] = [
    [steps.read, timing.read_us],
    [steps.authenticate, timing.authenticate_us],
    [steps.admit, timing.admit_us],
    [steps.handle, timing.handle_us],
    [steps.send, timing.send_us],
  ]
  return (
    <span className="soft">
      {taken
        .flatMap(([name, time]) => (time === null ? [] : [`${name} ${durationText(time)}`]))
        .join(' · ')}
    </span>
  )
}
