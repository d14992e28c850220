import { Button, Form, Input, Modal } from 'antd'
import { type ReactNode, useState } from 'react'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { appsMessages } from './apps.messages.js'

interface ReasonButtonProps {
  readonly label: string
  readonly title: string
  readonly children?: ReactNode
  readonly onConfirm: (reason: string) => Promise<unknown>
}

/** A decision against somebody's wish: it wants a reason that helps them. */
export function ReasonButton({ label, title, children, onConfirm }: ReasonButtonProps) {
  const words = useMessages(appsMessages)
  const [form] = Form.useForm<{ reason: string }>()
  const [isOpen, setOpen] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const decide = async ({ reason }: { reason: string }) => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm(reason)
      setOpen(false)
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal
        open={isOpen}
        title={title}
        okText={label}
        cancelText={words.cancel}
        okButtonProps={{ danger: true }}
        confirmLoading={isBusy}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        {children !== undefined && <p className="dialog-text">{children}</p>}
        <Form form={form} layout="vertical" requiredMark={false} preserve={false} onFinish={decide}>
          <Form.Item
            name="reason"
            label={words.why}
            extra={words.whyHint}
            rules={[{ required: true, whitespace: true, message: words.required }]}
          >
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
        </Form>
        {error !== null && <ProblemNote problem={problemOf(error)} />}
      </Modal>
    </>
  )
}
