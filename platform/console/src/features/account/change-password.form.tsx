import { Alert, Button, Form, Input } from 'antd'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { accountMessages } from './account.messages.js'

interface PasswordValues {
  readonly password: string
  readonly new_password: string
}

export function ChangePassword() {
  const words = useMessages(accountMessages)
  const [form] = Form.useForm<PasswordValues & { again: string }>()
  const change = useApiMutation(
    (bursar, { password, new_password }: PasswordValues, options) =>
      bursar.session.changePassword({ password, new_password }, options),
    // The session was renewed, and its CSRF token with it.
    {
      reach: 'institution',
      changes: ['session', 'sessions'],
      onDone: () => form.resetFields(),
    },
  )
  const required = { required: true, message: words.required }
  return (
    <section className="panel-box">
      <h2>{words.passwordTitle}</h2>
      <p className="dialog-text">{words.passwordDetail}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className="form-narrow"
        onFinish={(values) => change.mutate(values)}
      >
        <Form.Item name="password" label={words.current} rules={[required]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="new_password" label={words.next} rules={[required]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={words.again}
          dependencies={['new_password']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: async (_rule, again: string | undefined) => {
                if (again && again !== getFieldValue('new_password')) throw new Error(words.differs)
              },
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {change.error !== null && <ProblemNote problem={problemOf(change.error)} />}
        {change.isSuccess && (
          <Alert
            className="problem-note"
            type="success"
            showIcon
            title={words.changed}
            role="status"
          />
        )}
        <Button htmlType="submit" loading={change.isPending}>
          {words.change}
        </Button>
      </Form>
    </section>
  )
}
