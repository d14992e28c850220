import { Alert } from 'antd'
import { Link } from 'react-router'
import type { Problem } from '../api/problem.rules.js'
import { useMessages } from '../i18n/feature-messages.js'
import { uiMessages } from './ui.messages.js'

/** A refusal in the server's own words, with the way to the call in the request log. */
export function ProblemNote({ problem }: { problem: Problem }) {
  const words = useMessages(uiMessages)
  return (
    <Alert
      className="problem-note"
      type="error"
      showIcon
      title={titleOf(problem, words)}
      description={
        <>
          {problem.fields.length > 0 && (
            <ul className="problem-fields">
              {problem.fields.map(({ pointer, detail }) => (
                <li key={pointer}>
                  <code>{pointer}</code> {detail}
                </li>
              ))}
            </ul>
          )}
          {problem.isInDoubt && <p>{words.inDoubt}</p>}
          <p className="problem-code">
            <code>{problem.code}</code>
            {problem.request_id !== null && (
              <Link to={`/request_logs/${problem.request_id}`}>{words.requestLog}</Link>
            )}
          </p>
        </>
      }
    />
  )
}

function titleOf(problem: Problem, words: (typeof uiMessages)['en']): string {
  if (problem.code === 'connection_failed' || problem.code === 'timeout') return words.offline
  return problem.detail ?? words.pageFailed
}
