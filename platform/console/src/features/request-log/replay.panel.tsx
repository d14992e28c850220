import type { RequestLogDetail, RequestReplay } from '@openbursar/sdk'
import { Button } from 'antd'
import { Link } from 'react-router'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { JsonLinks } from '../../ui/json-links.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { HttpStatus } from '../../ui/record/http-status.view.js'
import { requestLogMessages } from './request-log.messages.js'

/** Runs a logged call of the sandbox again, through the whole gateway, and sets both answers side by side. */
export function ReplayPanel({ log }: { log: RequestLogDetail }) {
  const words = useMessages(requestLogMessages)
  const replay = useApiMutation<RequestReplay>(
    (bursar, _, options) => bursar.testHelpers.requestLogs.replay(log.id, {}, options),
    { changes: ['request_logs', 'payments', 'refunds', 'bills', 'checkouts'] },
  )
  if (log.livemode) return null
  return (
    <Panel
      title={words.replay}
      actions={
        <Button loading={replay.isPending} onClick={() => replay.mutate()}>
          {words.replayDo}
        </Button>
      }
    >
      <p className="soft">{words.replayLead}</p>
      {replay.error !== null && <ProblemNote problem={problemOf(replay.error)} />}
      {replay.data !== undefined && (
        <div className="two-columns">
          <Answer title={words.answerThen} answer={replay.data.original} />
          <div>
            <Answer title={words.answerNow} answer={replay.data.replay} />
            <Link to={`/request_logs/${replay.data.replayed_as}`}>{replay.data.replayed_as}</Link>
          </div>
        </div>
      )}
    </Panel>
  )
}

function Answer(props: { title: string; answer: RequestReplay['original'] }) {
  const { title, answer } = props
  return (
    <>
      <h3>
        {title} <HttpStatus status={answer.status} />
      </h3>
      <JsonLinks value={answer.body} label={title} />
    </>
  )
}
