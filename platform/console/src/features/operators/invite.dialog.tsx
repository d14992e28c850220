import type { CreateInvitation } from '@openbursar/sdk'
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import './operators.css'
import { operatorsMessages } from './operators.messages.js'
import { RoleFields } from './role.fields.js'

/** Asks somebody to join; the link is shown once. */
export function InviteButton() {
  const words = useMessages(operatorsMessages)
  const mayWrite = useMay('operators:write')
  const [form] = Form.useForm<CreateInvitation>()
  const [isOpen, setOpen] = useState(false)
  const invite = useApiMutation(
    (bursar, body: CreateInvitation, options) => bursar.invitations.create(body, options),
    { reach: 'institution', changes: ['invitations'] },
  )
  if (!mayWrite) return null
  const link = invite.data?.acceptance_link ?? null
  const close = () => {
    setOpen(false)
    invite.reset()
  }
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {words.invite}
      </Button>
      <Modal
        open={isOpen}
        title={words.inviteTitle}
        okText={link === null ? words.send : words.done}
        cancelText={words.cancel}
        {...(link === null ? {} : { cancelButtonProps: { hidden: true } })}
        confirmLoading={invite.isPending}
        onOk={() => (link === null ? form.submit() : close())}
        onCancel={close}
        mask={{ closable: false }}
        destroyOnHidden
        width={620}
      >
        {link === null ? (
          <InviteForm form={form} onSend={(values) => invite.mutate(values)} />
        ) : (
          <>
            <Alert className="problem-note" type="warning" showIcon title={words.linkDetail} />
            <CodeBlock label={words.linkTitle} code={link} />
          </>
        )}
        {invite.error !== null && <ProblemNote problem={problemOf(invite.error)} />}
      </Modal>
    </>
  )
}

function InviteForm(props: {
  form: ReturnType<typeof Form.useForm<CreateInvitation>>[0]
  onSend: (values: CreateInvitation) => void
}) {
  const words = useMessages(operatorsMessages)
  const required = { required: true, whitespace: true, message: words.required }
  return (
    <>
      <p className="dialog-text">{words.inviteDetail}</p>
      <Form<CreateInvitation>
        form={props.form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={{ roles: [], departments: [] }}
        onFinish={props.onSend}
      >
        <Form.Item name="name" label={words.name} rules={[required]}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="login" label={words.login} extra={words.loginHint} rules={[required]}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <RoleFields />
      </Form>
    </>
  )
}
