import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Modal } from 'antd'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useApiValue, useSession } from '../api/api.context.js'
import { type Problem, problemOf } from '../api/problem.rules.js'
import { setStepUpAsker } from '../api/step-up.store.js'
import { useMessages } from '../i18n/feature-messages.js'
import { ProblemNote } from '../ui/problem-note.view.js'
import { goToSignIn } from './sign-in.action.js'
import { stepUpMessages } from './step-up.messages.js'

const CODE_LENGTH_MAX = 40
/** Above the dialog whose button asked for it, whichever was opened first. */
const ABOVE_DIALOGS = 1200

interface Asking {
  readonly answered: Promise<boolean>
  readonly answer: (isProven: boolean) => void
}

/** Stands ready: whoever calls something that wants a fresh proof makes it open, and goes on afterwards. */
export function StepUpDialog() {
  const words = useMessages(stepUpMessages)
  const { method } = useSession().step_up
  const [form] = Form.useForm<{ proof: string }>()
  const [isOpen, setOpen] = useState(false)
  const asking = useRef<Asking | null>(null)
  const finish = (isProven: boolean) => {
    form.resetFields()
    setOpen(false)
    asking.current?.answer(isProven)
    asking.current = null
  }
  const { prove, isBusy, problem, forget } = useProof(() => finish(true))
  useEffect(() => {
    setStepUpAsker(() => {
      // Two calls that want a proof at the same time wait for the same one.
      asking.current ??= newAsking()
      forget()
      setOpen(true)
      return asking.current.answered
    })
    return () => setStepUpAsker(null)
  }, [forget])
  return (
    <Modal
      open={isOpen}
      zIndex={ABOVE_DIALOGS}
      title={words.title}
      okText={method === 'sign_in' ? words.signIn : words.confirm}
      cancelText={words.cancel}
      confirmLoading={isBusy}
      onOk={() => (method === 'sign_in' ? goToSignIn() : form.submit())}
      onCancel={() => finish(false)}
      mask={{ closable: false }}
    >
      <p className="dialog-text">{method === 'sign_in' ? words.signInDetail : words.detail}</p>
      {problem !== null && <ProblemNote problem={problem} />}
      {method !== 'sign_in' && (
        <Form form={form} layout="vertical" requiredMark={false} onFinish={prove}>
          <ProofField isCode={method === 'otp'} />
        </Form>
      )}
    </Modal>
  )
}

function ProofField({ isCode }: { isCode: boolean }) {
  const words = useMessages(stepUpMessages)
  return (
    <Form.Item
      name="proof"
      label={isCode ? words.code : words.password}
      extra={isCode ? words.codeHint : undefined}
      rules={[{ required: true, message: words.required }]}
    >
      {isCode ? (
        <Input autoFocus autoComplete="one-time-code" maxLength={CODE_LENGTH_MAX} />
      ) : (
        <Input.Password autoFocus autoComplete="current-password" />
      )}
    </Form.Item>
  )
}

function useProof(onProven: () => void) {
  const { institution } = useApiValue()
  const { method } = useSession().step_up
  const queries = useQueryClient()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const forget = useCallback(() => setProblem(null), [])
  const prove = async ({ proof }: { proof: string }) => {
    setBusy(true)
    try {
      await institution.session.stepUp(method === 'otp' ? { otp: proof } : { password: proof })
      // The session was renewed, and its CSRF token with it.
      await queries.refetchQueries({ queryKey: ['session'] })
      onProven()
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { prove, isBusy, problem, forget }
}

function newAsking(): Asking {
  let answer: (isProven: boolean) => void = () => {}
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  return { answered, answer }
}
