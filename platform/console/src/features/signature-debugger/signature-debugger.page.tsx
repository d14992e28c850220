import type { PageData, RequestLog, RequestLogDetail, SignatureDiagnosis } from '@openbursar/sdk'
import { Alert, Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useCurrentApp } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { Instant } from '../../ui/instant.view.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { DiagnosisView } from './diagnosis.view.js'
import { debuggerMessages } from './signature-debugger.messages.js'

const SHOWN = 10

export function SignatureDebuggerPage() {
  const words = useMessages(debuggerMessages)
  const [params] = useSearchParams()
  const id = params.get('request')
  if (useCurrentApp()?.workplace.mode === 'live') {
    return (
      <>
        <PageHeader title={words.title} />
        <Alert type="info" showIcon title={words.onlyTest} />
      </>
    )
  }
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      {id !== null && <RefusedRequest id={id} key={id} />}
      <div className="two-columns">
        <PasteForm />
        <RefusedRequests />
      </div>
    </>
  )
}

function PasteForm() {
  const words = useMessages(debuggerMessages)
  const [text, setText] = useState('')
  const id = useId()
  const check = useApiMutation<SignatureDiagnosis, string>(
    (bursar, request, options) => bursar.testHelpers.signatures.diagnose({ request }, options),
    { changes: [] },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // A text field gives LF; the head goes over the wire with either, the body with LF alone.
    if (text.trim() !== '') check.mutate(text)
  }
  return (
    <Panel title={words.paste}>
      <form className="form-rows" onSubmit={submit}>
        <label htmlFor={id}>{words.pasteLabel}</label>
        <Input.TextArea
          id={id}
          className="code-input"
          rows={11}
          value={text}
          spellCheck={false}
          aria-describedby={`${id}hint`}
          placeholder={'POST /v1/payments HTTP/1.1\nContent-Type: application/json\n…'}
          onChange={(event) => setText(event.target.value)}
        />
        <p id={`${id}hint`} className="form-hint">
          {words.pasteHint}
        </p>
        <div className="form-actions">
          <Button type="primary" htmlType="submit" loading={check.isPending}>
            {words.check}
          </Button>
        </div>
      </form>
      {check.error !== null && <ProblemNote problem={problemOf(check.error)} />}
      {check.data !== undefined && <DiagnosisView diagnosis={check.data} />}
    </Panel>
  )
}

/** A call that was refused, from the log. */
function RefusedRequest({ id }: { id: string }) {
  const words = useMessages(debuggerMessages)
  const query = useApiQuery<RequestLogDetail>(['request_logs', id], (bursar, options) =>
    bursar.requestLogs.get(id, options),
  )
  return (
    <QueryState query={query}>
      {(log) => (
        <Panel
          title={`${log.method} ${log.path}`}
          actions={<Link to={`/request_logs/${log.id}`}>{log.id}</Link>}
        >
          {log.signature_refusal === null ? (
            <Alert type="success" showIcon title={words.valid} />
          ) : (
            <DiagnosisView
              diagnosis={{
                ...log.signature_refusal,
                valid: false,
                key_id: log.key_id,
                algorithm: null,
              }}
            />
          )}
        </Panel>
      )}
    </QueryState>
  )
}

function RefusedRequests() {
  const words = useMessages(debuggerMessages)
  const query = useApiQuery<PageData<RequestLog>>(['request_logs', 'refused'], (bursar, options) =>
    bursar.requestLogs.list({ refused_signatures: 'true', limit: SHOWN }, options),
  )
  return (
    <Panel title={words.refused}>
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="soft">{words.noRefused}</p>
          ) : (
            <ul className="line-list">
              {data.map((log) => (
                <li key={log.id}>
                  <Link to={`/signature_debugger?request=${log.id}`}>
                    <code>
                      {log.method} {log.path}
                    </code>
                  </Link>
                  <span>{log.error_code}</span>
                  <span className="soft line-end">
                    <Instant at={log.created_at} withSeconds />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
    </Panel>
  )
}
