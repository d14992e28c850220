import type { CreateApp } from '@openbursar/sdk'
import { Button, Form, Input, Select } from 'antd'
import { useNavigate } from 'react-router'
import { useSession } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { mayInDepartment } from '../../api/role.texts.js'
import { APP_SCOPES } from '../../api/scope.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { ScopePicker } from '../../ui/scope-picker.view.js'
import { appsMessages } from './apps.messages.js'

const DEPARTMENTS_MAX = 100
/** What an app that collects money needs to begin with. */
const USUAL_SCOPES = [
  ...['payments:read', 'payments:write', 'bills:read', 'bills:write'],
  ...['refunds:read', 'refunds:write', 'webhooks:read', 'webhooks:write'],
  ...['keys:read', 'keys:write', 'logs:read'],
]

export function RegisterAppPage() {
  const words = useMessages(appsMessages)
  const navigate = useNavigate()
  const register = useApiMutation(
    (bursar, body: CreateApp, options) => bursar.apps.create(body, options),
    {
      reach: 'institution',
      changes: ['apps', 'session'],
      onDone: ({ id }) => void navigate(`/apps/${id}`),
    },
  )
  const required = { required: true, whitespace: true, message: words.required }
  return (
    <>
      <PageHeader
        title={words.registerTitle}
        lead={words.registerLead}
        parents={[{ to: '/apps', title: words.title }]}
      />
      <section className="panel-box form-column">
        <Form<CreateApp>
          layout="vertical"
          requiredMark={false}
          initialValues={{ scopes: USUAL_SCOPES }}
          onFinish={(values) => register.mutate({ ...values, metadata: {} })}
        >
          <Form.Item name="name" label={words.name} rules={[required]}>
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
          <DepartmentField />
          <Form.Item
            name="purpose"
            label={words.purpose}
            extra={words.purposeHint}
            rules={[required]}
          >
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
          <Form.Item
            name="scopes"
            label={words.scopes}
            extra={words.scopesHint}
            rules={[{ required: true, type: 'array', min: 1, message: words.chooseScopes }]}
          >
            <ScopePicker scopes={APP_SCOPES} />
          </Form.Item>
          {register.error !== null && <ProblemNote problem={problemOf(register.error)} />}
          <Button type="primary" htmlType="submit" loading={register.isPending}>
            {words.register}
          </Button>
        </Form>
      </section>
    </>
  )
}

function DepartmentField() {
  const words = useMessages(appsMessages)
  const session = useSession()
  const departments = useApiQuery(
    ['departments', 'choice'],
    (bursar, options) => bursar.departments.list({ limit: DEPARTMENTS_MAX }, options),
    { reach: 'institution' },
  )
  // Being a member of an app shows its department, and does not let one register more there.
  const choices = (departments.data?.data ?? []).filter(({ id }) =>
    mayInDepartment(session, id, 'apps:create'),
  )
  return (
    <Form.Item
      name="department"
      label={words.department}
      extra={departments.data && choices.length === 0 ? words.noDepartment : undefined}
      rules={[{ required: true, message: words.required }]}
    >
      <Select
        className="form-select"
        loading={departments.isPending}
        showSearch={{ optionFilterProp: 'label' }}
        options={choices.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </Form.Item>
  )
}
