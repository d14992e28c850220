import type { WebhookAttempt } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { Instant } from '../../ui/instant.view.js'
import { JsonLinks } from '../../ui/json-links.view.js'
import { Panel } from '../../ui/panel.view.js'
import { HttpStatus } from '../../ui/record/http-status.view.js'
import { webhookMessages } from './webhooks.messages.js'

/** One try: what left, what came back, how long it took, and what was wrong in words. */
export function AttemptPanel({ attempt }: { attempt: WebhookAttempt }) {
  const words = useMessages(webhookMessages)
  const { language } = useLanguage()
  const { problem } = attempt
  return (
    <Panel
      title={words.attempt(attempt.position)}
      actions={
        <>
          <HttpStatus status={attempt.response_status} />
          <span className="soft">
            {words.causes[attempt.cause]} · <Instant at={attempt.attempted_at} withSeconds /> ·{' '}
            {words.duration} {attempt.duration_ms} ms
          </span>
        </>
      }
    >
      {problem !== null && <p className="form-wrong">{problem[language]}</p>}
      {attempt.error !== null && <p className="soft">{attempt.error}</p>}
      <div className="two-columns">
        <div>
          <h3>{words.request}</h3>
          <CodeBlock code={headerText(attempt.request_headers)} label={words.headers} />
          <JsonLinks value={pretty(attempt.request_body)} label={words.body} />
        </div>
        <div>
          <h3>{words.response}</h3>
          {attempt.response_headers === null ? (
            <p className="soft">{words.noAnswer}</p>
          ) : (
            <CodeBlock code={headerText(attempt.response_headers)} label={words.headers} />
          )}
          {attempt.response_body !== null && attempt.response_body !== '' && (
            <CodeBlock code={attempt.response_body} label={words.body} />
          )}
        </div>
      </div>
    </Panel>
  )
}

const headerText = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

function pretty(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
