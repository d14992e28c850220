import type { Key } from '@openbursar/sdk'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { ScopePicker } from '../../ui/scope-picker.view.js'
import { linesOf } from './key-form.rules.js'
import { IpField } from './key-limits.fields.js'
import { keysMessages } from './keys.messages.js'

interface EditValues {
  readonly name: string
  readonly scopes: Key['scopes']
  readonly ips: string
}

/** Renames a key, takes scopes from it, says where it may call from. */
export function EditKeyDialog({ apiKey }: { apiKey: Key }) {
  const words = useMessages(keysMessages)
  const [form] = Form.useForm<EditValues>()
  const [isOpen, setOpen] = useState(false)
  const save = useApiMutation(
    (bursar, { name, scopes, ips }: EditValues, options) =>
      bursar.keys.update(
        apiKey.id,
        {
          name: name.trim() === '' ? null : name.trim(),
          allowed_ips: linesOf(ips),
          // Named only when it changes: a key with its app's scopes goes on following them.
          ...(scopes.length === apiKey.scopes.length ? {} : { scopes }),
        },
        options,
      ),
    { changes: ['keys'], onDone: () => setOpen(false) },
  )
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
          initialValues={{
            name: apiKey.name ?? '',
            scopes: apiKey.scopes,
            ips: apiKey.allowed_ips.join('\n'),
          }}
          onFinish={(values) => save.mutate(values)}
        >
          <Form.Item name="name" label={words.name}>
            <Input maxLength={100} />
          </Form.Item>
          <IpField />
          <Form.Item
            name="scopes"
            label={words.scopes}
            extra={words.narrowOnly}
            rules={[{ required: true, type: 'array', min: 1, message: words.chooseScopes }]}
          >
            <ScopePicker scopes={apiKey.scopes} />
          </Form.Item>
        </Form>
        {save.error !== null && <ProblemNote problem={problemOf(save.error)} />}
      </Modal>
    </>
  )
}
