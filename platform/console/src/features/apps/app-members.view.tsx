import type { App, AppMember } from '@openbursar/sdk'
import { Button, Form, Input, Select } from 'antd'
import { useSession } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { useApp } from './app.page.js'
import { appsMessages } from './apps.messages.js'

type Role = AppMember['role']
const ROLES: readonly Role[] = ['owner', 'developer', 'viewer']
const CHANGES = { reach: 'institution', changes: ['apps'] } as const

export function AppMembers() {
  const words = useMessages(appsMessages)
  const app = useApp()
  const mayWrite = app.permissions.includes('members:write')
  const query = useApiQuery(
    ['apps', app.id, 'members'],
    (bursar, options) => bursar.apps.members.list(app.id, options),
    { reach: 'institution' },
  )
  return (
    <>
      <p className="dialog-text">{words.membersLead}</p>
      {mayWrite && <AddMember app={app} />}
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="table-empty">{words.noMembers}</p>
          ) : (
            <section className="table-frame" aria-label={words.tabs.members}>
              <table className="data-table">
                <thead>
                  <tr>
                    <th scope="col">{words.name}</th>
                    <th scope="col">{words.login}</th>
                    <th scope="col">{words.role}</th>
                    <th scope="col" className="is-minor">
                      {words.joined}
                    </th>
                    <th aria-label={words.remove} />
                  </tr>
                </thead>
                <tbody>
                  {data.map((member) => (
                    <MemberRow key={member.operator} member={member} mayWrite={mayWrite} />
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </QueryState>
    </>
  )
}

function MemberRow({ member, mayWrite }: { member: AppMember; mayWrite: boolean }) {
  const words = useMessages(appsMessages)
  const { operator } = useSession()
  const { app, operator: id, name, login, role, created_at } = member
  const change = useApiMutation(
    (bursar, next: Role, options) => bursar.apps.members.update(app, id, { role: next }, options),
    CHANGES,
  )
  const remove = useApiMutation(
    (bursar, _: undefined, options) => bursar.apps.members.remove(app, id, options),
    CHANGES,
  )
  const isOwn = operator.id === id
  return (
    <tr>
      <td>
        {name}
        {isOwn && ` (${words.you})`}
      </td>
      <td>{login}</td>
      <td>
        {mayWrite ? (
          <Select<Role>
            size="small"
            aria-label={words.roleOf(name)}
            value={role}
            loading={change.isPending}
            options={ROLES.map((value) => ({ value, label: words.roles[value] }))}
            onChange={(next) => change.mutate(next)}
          />
        ) : (
          words.roles[role]
        )}
        {change.error !== null && <ProblemNote problem={problemOf(change.error)} />}
      </td>
      <td className="is-minor">
        <Instant at={created_at} withSeconds={false} />
      </td>
      <td className="is-end">
        {(mayWrite || isOwn) && (
          <ConfirmButton
            label={words.remove}
            title={words.removeTitle(name)}
            confirmLabel={words.remove}
            isDangerous
            onConfirm={() => remove.mutateAsync(undefined)}
          >
            {words.removeDetail}
          </ConfirmButton>
        )}
      </td>
    </tr>
  )
}

function AddMember({ app }: { app: App }) {
  const words = useMessages(appsMessages)
  const [form] = Form.useForm<{ login: string; role: Role }>()
  const add = useApiMutation(
    (bursar, body: { login: string; role: Role }, options) =>
      bursar.apps.members.add(app.id, body, options),
    { ...CHANGES, onDone: () => form.resetFields() },
  )
  return (
    <section className="panel-box">
      <h2>{words.addMember}</h2>
      <Form
        form={form}
        layout="inline"
        requiredMark={false}
        initialValues={{ role: 'developer' }}
        onFinish={(values) => add.mutate(values)}
      >
        <Form.Item
          name="login"
          label={words.login}
          extra={words.loginHint}
          rules={[{ required: true, whitespace: true, message: words.required }]}
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={words.role}>
          <Select options={ROLES.map((value) => ({ value, label: words.roles[value] }))} />
        </Form.Item>
        <Button htmlType="submit" loading={add.isPending}>
          {words.add}
        </Button>
      </Form>
      {add.error !== null && <ProblemNote problem={problemOf(add.error)} />}
    </section>
  )
}
