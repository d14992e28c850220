import type { RequestLog } from '@openbursar/sdk'
import { Button } from 'antd'
import { useState } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { useDayFields } from '../../ui/record/columns.view.js'
import { HttpStatus } from '../../ui/record/http-status.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { durationText } from './duration.format.js'
import { requestLogMessages } from './request-log.messages.js'

const FILTERS = [
  ...(['credential', 'status_class', 'method', 'path_prefix', 'error_code'] as const),
  ...(['object_id', 'key_id', 'from', 'to'] as const),
] as const

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']
const FOLLOW_EVERY_MS = 1_500

export function RequestListPage() {
  const words = useMessages(requestLogMessages)
  const [isFollowing, setFollowing] = useState(false)
  return (
    <RecordList<RequestLog, (typeof FILTERS)[number]>
      list="request_logs"
      title={words.title}
      lead={isFollowing ? words.following : words.lead}
      empty={<p>{words.empty}</p>}
      everyMs={isFollowing && FOLLOW_EVERY_MS}
      actions={
        <Button
          type={isFollowing ? 'primary' : 'default'}
          aria-pressed={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
        >
          {isFollowing ? words.stopFollowing : words.follow}
        </Button>
      }
      names={FILTERS}
      fields={useFields()}
      columns={[
        {
          key: 'status',
          title: words.statusClass,
          render: ({ status }) => <HttpStatus status={status} />,
        },
        {
          key: 'call',
          title: words.call,
          render: ({ method, path }) => (
            <code className="call">
              {method} {path}
            </code>
          ),
        },
        { key: 'code', title: words.errorCode, render: ({ error_code }) => error_code },
        {
          key: 'object',
          title: words.objectId,
          isMinor: true,
          render: ({ object_id }) => <ObjectId id={object_id} />,
        },
        {
          key: 'time',
          title: words.time,
          render: ({ created_at }) => <Instant at={created_at} withSeconds />,
        },
        {
          key: 'duration',
          title: words.duration,
          align: 'end',
          render: ({ duration_us }) => durationText(duration_us),
        },
      ]}
    />
  )
}

function useFields() {
  const words = useMessages(requestLogMessages)
  return [
    {
      kind: 'choice' as const,
      name: 'credential' as const,
      label: words.credential,
      choices: Object.entries(words.credentials).filter(([name]) => name !== 'assertion'),
    },
    {
      kind: 'choice' as const,
      name: 'status_class' as const,
      label: words.statusClass,
      choices: Object.entries(words.classes),
    },
    {
      kind: 'choice' as const,
      name: 'method' as const,
      label: words.method,
      choices: METHODS.map((method) => [method, method] as const),
    },
    { kind: 'text' as const, name: 'path_prefix' as const, label: words.path },
    { kind: 'text' as const, name: 'error_code' as const, label: words.errorCode },
    { kind: 'text' as const, name: 'object_id' as const, label: words.objectId },
    ...useDayFields(),
  ]
}
