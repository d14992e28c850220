import type { App, UpdateApp } from '@openbursar/sdk'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { APP_SCOPES } from '../../api/scope.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { ScopePicker } from '../../ui/scope-picker.view.js'
import { appsMessages } from './apps.messages.js'

export function EditAppDialog({ app }: { app: App }) {
  const words = useMessages(appsMessages)
  const [form] = Form.useForm<UpdateApp>()
  const [isOpen, setOpen] = useState(false)
  const save = useApiMutation(
    (bursar, body: UpdateApp, options) => bursar.apps.update(app.id, body, options),
    { reach: 'institution', changes: ['apps', 'session'], onDone: () => setOpen(false) },
  )
  const required = { required: true, whitespace: true, message: words.required }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.edit}</Button>
      <Modal
        open={isOpen}
        title={words.editTitle}
        okText={words.save}
        cancelText={words.cancel}
        confirmLoading={save.isPending}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
        width={640}
      >
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={{ name: app.name, purpose: app.purpose ?? '', scopes: app.scopes }}
          onFinish={(values) => save.mutate(values)}
        >
          <Form.Item name="name" label={words.name} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="purpose" label={words.purpose} rules={[required]}>
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
          <Form.Item
            name="scopes"
            label={words.scopes}
            extra={words.editScopesHint}
            rules={[{ required: true, type: 'array', min: 1, message: words.chooseScopes }]}
          >
            <ScopePicker scopes={APP_SCOPES} />
          </Form.Item>
        </Form>
        {save.error !== null && <ProblemNote problem={problemOf(save.error)} />}
      </Modal>
    </>
  )
}
