import { Button, Form, Select } from 'antd'
import { useState } from 'react'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import type { KeyProblem } from './der.rules.js'
import { createBodyOf } from './key-body.rules.js'
import { KeyTextInput } from './key-files.view.js'
import { KeyLimitFields, type KeyLimits, limitsOf } from './key-limits.fields.js'
import { useKeyReading } from './key-reading.hooks.js'
import { keysMessages } from './keys.messages.js'

/** Registers a public key that was made elsewhere. A private one is refused here, before anything is sent. */
export function ImportKeyForm({ onDone }: { onDone: (id: string) => void }) {
  const words = useMessages(keysMessages)
  const { text, setText, key, problem } = useKeyReading()
  const [scheme, setScheme] = useState<'rsa' | 'rsa_v1_5'>('rsa')
  const register = useApiMutation(
    async (bursar, limits: KeyLimits, options) => {
      // What this browser can't read (SM2) but is plainly a public key is for the server to judge.
      const body =
        key === null ? { public_key: text.trim(), metadata: {} } : await createBodyOf(key, scheme)
      return bursar.keys.create({ ...body, ...limitsOf(limits) }, options)
    },
    { changes: ['keys'], onDone: ({ id }) => onDone(id) },
  )
  const refusal = refusalOf(text, problem, key?.isPrivate === true)
  const isReady = text.trim() !== '' && refusal === null
  return (
    <Form layout="vertical" requiredMark={false} onFinish={(values) => register.mutate(values)}>
      <KeyTextInput
        label={words.pasteLabel}
        hint={key === null ? words.pasteHint : `${words.read}: ${key.type}`}
        text={text}
        error={refusal === null ? null : words.problems[refusal]}
        onText={setText}
      />
      {key?.type === 'rsa' && (
        <Form.Item label={words.algorithm} htmlFor="rsa-scheme">
          <Select
            id="rsa-scheme"
            className="form-select"
            value={scheme}
            onChange={setScheme}
            options={[
              { value: 'rsa', label: 'rsa-pss-sha512' },
              { value: 'rsa_v1_5', label: 'rsa-v1_5-sha256' },
            ]}
          />
        </Form.Item>
      )}
      <KeyLimitFields />
      {register.error !== null && <ProblemNote problem={problemOf(register.error)} />}
      <Button type="primary" htmlType="submit" loading={register.isPending} disabled={!isReady}>
        {words.registerImported}
      </Button>
    </Form>
  )
}

function refusalOf(
  text: string,
  problem: KeyProblem | null,
  isPrivate: boolean,
): KeyProblem | null {
  if (isPrivate || /PRIVATE KEY/.test(text)) return 'private'
  if (problem === 'unsupported' && /BEGIN PUBLIC KEY/.test(text)) return null
  return problem
}
