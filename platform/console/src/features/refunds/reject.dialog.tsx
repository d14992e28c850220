import { Button, Input, Modal } from 'antd'
import { useId, useState } from 'react'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { refundMessages } from './refunds.messages.js'

/** Whoever is refused is told why: there is no rejection without a reason. */
export function RejectDialog({ onReject }: { onReject: (reason: string) => Promise<unknown> }) {
  const words = useMessages(refundMessages)
  const [isOpen, setOpen] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [isChecked, setChecked] = useState(false)
  const [reason, setReason] = useState('')
  const [error, setError] = useState<unknown>(null)
  const id = useId()
  const reject = async () => {
    setChecked(true)
    if (reason.trim() === '') return
    setBusy(true)
    setError(null)
    try {
      await onReject(reason.trim())
      setOpen(false)
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  const isWrong = isChecked && reason.trim() === ''
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.reject}</Button>
      <Modal
        open={isOpen}
        title={words.rejectTitle}
        okText={words.reject}
        okButtonProps={{ danger: true }}
        confirmLoading={isBusy}
        onOk={reject}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <div className="form-rows">
          <label htmlFor={id}>{words.rejectReason}</label>
          <Input.TextArea
            id={id}
            rows={3}
            maxLength={200}
            value={reason}
            status={isWrong ? 'error' : ''}
            aria-invalid={isWrong}
            onChange={(event) => setReason(event.target.value)}
          />
          {isWrong && <p className="form-wrong">{words.rejectNeeded}</p>}
          {error !== null && <ProblemNote problem={problemOf(error)} />}
        </div>
      </Modal>
    </>
  )
}
