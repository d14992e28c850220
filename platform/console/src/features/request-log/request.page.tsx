import type { RequestLogDetail } from '@openbursar/sdk'
import { Link, useParams } from 'react-router'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, Facts, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { Panel } from '../../ui/panel.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { HttpStatus } from '../../ui/record/http-status.view.js'
import { durationText } from './duration.format.js'
import { MessagePanel } from './message.panel.js'
import { RelatedPanel, TimingText } from './related.panel.js'
import { ReplayPanel } from './replay.panel.js'
import { requestLogMessages } from './request-log.messages.js'
import { SnippetPanel } from './snippet.panel.js'

export function RequestPage() {
  const { id = '' } = useParams()
  const query = useApiQuery<RequestLogDetail>(['request_logs', id], (bursar, options) =>
    bursar.requestLogs.get(id, options),
  )
  return <QueryState query={query}>{(log) => <RequestView log={log} />}</QueryState>
}

function RequestView({ log }: { log: RequestLogDetail }) {
  const words = useMessages(requestLogMessages)
  const data = useMessages(dataMessages)
  return (
    <>
      <PageHeader
        title={`${log.method} ${log.path}`}
        parents={[{ to: '/request_logs', title: words.title }]}
        beside={<HttpStatus status={log.status} />}
        lead={<ObjectId id={log.id} />}
        actions={
          isSignatureRefusal(log) && (
            <Link to={`/signature_debugger?request=${log.id}`}>{words.debug}</Link>
          )
        }
      />
      <Panel title={data.about}>
        <Facts facts={useRequestFacts()(log)} />
      </Panel>
      <div className="two-columns">
        <MessagePanel title={words.request} message={log.request} query={log.query} />
        <MessagePanel title={words.response} message={log.response} query={null} />
      </div>
      {log.signature !== null && (
        <Panel title={words.signature}>
          {log.signature.is_base_redacted && <p className="soft">{words.baseRedacted}</p>}
          <CodeBlock code={log.signature.base} label={words.base} />
          <CodeBlock code={log.signature.value} label={words.signatureValue} />
        </Panel>
      )}
      <RelatedPanel related={log.related} />
      <SnippetPanel log={log} />
      <ReplayPanel log={log} />
    </>
  )
}

/** Only test mode keeps enough of a refused signature to explain it. */
function isSignatureRefusal({ livemode, signature_refusal }: RequestLogDetail): boolean {
  return !livemode && signature_refusal !== null
}

function useRequestFacts(): (log: RequestLogDetail) => Fact[] {
  const words = useMessages(requestLogMessages)
  const credentials: Record<string, string> = words.credentials
  return (log) => [
    fact(words.time, <Instant at={log.created_at} withSeconds />),
    fact(
      words.duration,
      <>
        {durationText(log.duration_us)} <TimingText timing={log.timing} />
      </>,
    ),
    fact(
      words.errorCode,
      log.error_code && (
        <Link to={`/request_logs?error_code=${log.error_code}`}>{log.error_code}</Link>
      ),
    ),
    fact(words.objectId, <ObjectId id={log.object_id} />),
    fact(words.credential, credentials[log.credential] ?? log.credential),
    fact(words.key, <ObjectId id={log.key_id} />),
    fact(words.operator, log.operator_id && <ObjectId id={log.operator_id} />),
    fact(words.algorithm, log.signature?.algorithm),
    fact(words.idempotencyKey, log.idempotency_key && <code>{log.idempotency_key}</code>),
    fact(words.replayed, log.replayed && words.replayedYes),
    fact(words.route, log.route && <code>{log.route}</code>),
    fact(words.apiVersion, log.api_version),
    fact(words.address, log.caller_address),
    fact(words.userAgent, log.user_agent),
  ]
}
