import type { PageData, WebhookGrade } from '@openbursar/sdk'
import { Button } from 'antd'
import { useCurrentApp, useScope } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { Instant } from '../../ui/instant.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { webhookMessages } from './webhooks.messages.js'

const EVERY_MS = 2_000

/** Sends right and wrong messages to a receiver, and reports what it did with each. Test mode only. */
export function GradePanel({ endpoint }: { endpoint: string }) {
  const words = useMessages(webhookMessages)
  const isTest = useCurrentApp()?.workplace.mode === 'test'
  const mayWrite = useScope('webhooks:write')
  const query = useApiQuery<PageData<WebhookGrade>>(
    ['webhook_grades', endpoint],
    (bursar, options) =>
      bursar.testHelpers.webhookGrades.list({ endpoint_id: endpoint, limit: 1 }, options),
    {
      enabled: isTest,
      everyMs: EVERY_MS,
      isOver: ({ data }) => data.every(({ finished_at }) => finished_at !== null),
    },
  )
  const start = useApiMutation<WebhookGrade>(
    (bursar, _, options) => bursar.testHelpers.webhookGrades.create({ endpoint }, options),
    { changes: ['webhook_grades', 'webhook_endpoints'] },
  )
  if (!isTest) return null
  return (
    <Panel
      title={words.grading}
      actions={
        mayWrite && (
          <Button loading={start.isPending} onClick={() => start.mutate()}>
            {words.grade}
          </Button>
        )
      }
    >
      <p className="soft">{words.gradingLead}</p>
      {start.error !== null && <ProblemNote problem={problemOf(start.error)} />}
      <QueryState query={query}>
        {({ data: [grade] }) => grade !== undefined && <GradeReport grade={grade} />}
      </QueryState>
    </Panel>
  )
}

function GradeReport({ grade }: { grade: WebhookGrade }) {
  const words = useMessages(webhookMessages)
  const { language } = useLanguage()
  return (
    <>
      <p className="ledger-head" role="status">
        <StatusTag status={`grade.${grade.status}`} />
        <span className="soft">
          <Instant at={grade.created_at} withSeconds />
        </span>
      </p>
      <div className="table-frame">
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{words.gradeCase}</th>
              <th scope="col">{words.verdict}</th>
              <th scope="col">{words.expected}</th>
              <th scope="col">{words.observed}</th>
            </tr>
          </thead>
          <tbody>
            {grade.cases.map(({ case: name, verdict, expected, observed, advice }) => (
              <tr key={name}>
                <td>
                  <code>{name}</code>
                </td>
                <td>
                  <StatusTag status={`grade.${verdict}`} />
                </td>
                <td>{expected[language]}</td>
                <td>
                  {observed[language]}
                  {advice !== null && <p className="form-wrong">{advice[language]}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
