import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { JsonLinks } from '../../ui/json-links.view.js'
import { Panel } from '../../ui/panel.view.js'
import { requestLogMessages } from './request-log.messages.js'

interface Message {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly body_bytes: number
  readonly body_sha256?: string | null
}

/** One direction of a call: headers, then the body as it is kept. */
export function MessagePanel(props: { title: string; message: Message; query: string | null }) {
  const words = useMessages(requestLogMessages)
  const { title, message, query } = props
  const headers = Object.entries(message.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
  return (
    <Panel title={title}>
      {query !== null && <CodeBlock code={query} label="query" />}
      {headers !== '' && <CodeBlock code={headers} label={words.headers} />}
      <Body message={message} />
    </Panel>
  )
}

function Body({ message }: { message: Message }) {
  const words = useMessages(requestLogMessages)
  const { body = null, body_bytes, body_sha256 = null } = message
  if (body !== null) return <JsonLinks value={body} label={words.body} />
  if (body_bytes === 0) return <p className="soft">{words.noBody}</p>
  return (
    <>
      <p className="soft">{words.bodyNotKept(body_bytes.toLocaleString('en'))}</p>
      {body_sha256 !== null && <CodeBlock code={body_sha256} label={words.digest} />}
    </>
  )
}
