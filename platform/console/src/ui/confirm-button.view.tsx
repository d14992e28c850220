import { Button, type ButtonProps, Modal } from 'antd'
import { type ReactNode, useState } from 'react'
import { problemOf } from '../api/problem.rules.js'
import { useMessages } from '../i18n/feature-messages.js'
import { ProblemNote } from './problem-note.view.js'
import { uiMessages } from './ui.messages.js'

interface ConfirmButtonProps {
  readonly label: string
  /** Asked as a question, with the thing's name in it. */
  readonly title: string
  /** What happens, and whether it can be undone. */
  readonly children: ReactNode
  readonly confirmLabel: string
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
  readonly type?: ButtonProps['type']
  readonly onConfirm: () => Promise<unknown>
}

/** A button for what can't be taken back: it asks first, and stays open with the refusal if there is one. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const words = useMessages(uiMessages)
  const [isOpen, setOpen] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      await props.onConfirm()
      setOpen(false)
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  const isDangerous = props.isDangerous === true
  return (
    <>
      <Button
        danger={isDangerous}
        disabled={props.isDisabled === true}
        type={props.type ?? 'default'}
        onClick={() => {
          setError(null)
          setOpen(true)
        }}
      >
        {props.label}
      </Button>
      <Modal
        open={isOpen}
        title={props.title}
        okText={props.confirmLabel}
        cancelText={words.cancel}
        okButtonProps={{ danger: isDangerous }}
        confirmLoading={isBusy}
        onOk={confirm}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <div className="dialog-text">{props.children}</div>
        {error !== null && <ProblemNote problem={problemOf(error)} />}
      </Modal>
    </>
  )
}
