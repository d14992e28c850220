import type { RequestLogDetail } from '@openbursar/sdk'
import { Checkbox, Tabs } from 'antd'
import { useState } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { Panel } from '../../ui/panel.view.js'
import { requestLogMessages } from './request-log.messages.js'
import { curlSnippet } from './snippet/curl.snippet.js'
import { isSignedByJava, javaSnippet } from './snippet/java.snippet.js'
import { gapsOf, toLoggedCall } from './snippet/logged-call.rules.js'
import { sdkSnippet } from './snippet/sdk.snippet.js'

/** The call as a program that signs it anew with the developer's own key. */
export function SnippetPanel({ log }: { log: RequestLogDetail }) {
  const words = useMessages(requestLogMessages)
  const [sameIdempotencyKey, setSame] = useState(false)
  const call = toLoggedCall(log)
  const options = { apiBase: window.location.origin, sameIdempotencyKey }
  return (
    <Panel title={words.copyAs}>
      {gapsOf(log).map((gap) => (
        <p key={gap} className="form-wrong">
          {words.gaps[gap]}
        </p>
      ))}
      {log.idempotency_key !== null && (
        <Checkbox checked={sameIdempotencyKey} onChange={() => setSame(!sameIdempotencyKey)}>
          {words.sameKey}
        </Checkbox>
      )}
      <Tabs
        items={[
          {
            key: 'curl',
            label: 'curl',
            children: <CodeBlock label="call.sh" code={curlSnippet(call, options)} />,
          },
          {
            key: 'sdk',
            label: 'SDK (TypeScript)',
            children: <CodeBlock label="call.mjs" code={sdkSnippet(call, options)} />,
          },
          {
            key: 'java',
            label: 'Java',
            children: isSignedByJava(call.algorithm) ? (
              <CodeBlock label="Call.java" code={javaSnippet(call, options)} />
            ) : (
              <p className="soft">{words.inJavaMissing}</p>
            ),
          },
        ]}
      />
    </Panel>
  )
}
