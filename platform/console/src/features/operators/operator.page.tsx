import type { Operator } from '@openbursar/sdk'
import { Button, Form } from 'antd'
import { useParams } from 'react-router'
import { useMay } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { Id } from '../../ui/id.view.js'
import { Instant } from '../../ui/instant.view.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { OperatorActions } from './operator-actions.view.js'
import './operators.css'
import { operatorsMessages } from './operators.messages.js'
import { RoleFields } from './role.fields.js'

export function OperatorPage() {
  const words = useMessages(operatorsMessages)
  const { id = '' } = useParams()
  const mayWrite = useMay('operators:write')
  const query = useApiQuery(
    ['operators', id],
    (bursar, options) => bursar.operators.get(id, options),
    { reach: 'institution' },
  )
  return (
    <>
      <PageHeader
        title={query.data?.name ?? id}
        parents={[{ to: '/operators', title: words.title }]}
        beside={query.data && <StatusTag status={query.data.status} />}
        actions={mayWrite && query.data ? <OperatorActions person={query.data} /> : undefined}
      />
      <QueryState query={query}>
        {(person) => (
          <>
            <PersonFacts person={person} />
            {mayWrite && <RolesForm key={person.id} person={person} />}
          </>
        )}
      </QueryState>
    </>
  )
}

function PersonFacts({ person }: { person: Operator }) {
  const words = useMessages(operatorsMessages)
  return (
    <section className="panel-box">
      <dl className="facts">
        <dt>{words.operatorId}</dt>
        <dd>
          <Id id={person.id} />
        </dd>
        <dt>{words.login}</dt>
        <dd>{person.login}</dd>
        <dt>{words.password}</dt>
        <dd>{person.has_password ? words.yes : words.campusOnly}</dd>
        <dt>{words.secondFactor}</dt>
        <dd>{person.has_second_factor ? words.yes : words.no}</dd>
        <dt>{words.lastSeen}</dt>
        <dd>
          {person.last_seen_at === null ? (
            words.never
          ) : (
            <Instant at={person.last_seen_at} withSeconds={false} />
          )}
        </dd>
        <dt>{words.apps}</dt>
        <dd>
          {person.apps.length === 0
            ? words.none
            : person.apps.map(({ app }) => <Id key={app} id={app} to={`/apps/${app}`} />)}
        </dd>
      </dl>
    </section>
  )
}

function RolesForm({ person }: { person: Operator }) {
  const words = useMessages(operatorsMessages)
  const save = useApiMutation(
    (bursar, body: Pick<Operator, 'roles' | 'departments'>, options) =>
      bursar.operators.update(person.id, body, options),
    { reach: 'institution', changes: ['operators', 'session'] },
  )
  return (
    <section className="panel-box form-column">
      <h2>{words.editRoles}</h2>
      <Form<Pick<Operator, 'roles' | 'departments'>>
        layout="vertical"
        requiredMark={false}
        initialValues={{ roles: person.roles, departments: person.departments }}
        onFinish={(values) => save.mutate(values)}
      >
        <RoleFields />
        {save.error !== null && <ProblemNote problem={problemOf(save.error)} />}
        <div className="button-row">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {words.save}
          </Button>
          <span role="status" className="hint">
            {save.isSuccess ? words.saved : ''}
          </span>
        </div>
      </Form>
    </section>
  )
}
