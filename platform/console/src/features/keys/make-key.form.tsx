import type { CreateKey } from '@openbursar/sdk'
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { createBodyOf } from './key-body.rules.js'
import { type KeyChoice, typeOfChoice } from './key-form.rules.js'
import { KeyLimitFields, type KeyLimits, limitsOf } from './key-limits.fields.js'
import { generateKey, type KeyMaterial, supportedTypes } from './key-material.rules.js'
import { keysMessages } from './keys.messages.js'
import type { MadeKey } from './new-key.page.js'

const CHOICES: readonly KeyChoice[] = ['ed25519', 'p256', 'rsa', 'rsa_v1_5']

interface MakeKeyValues extends KeyLimits {
  readonly choice?: KeyChoice
}

interface NewKey {
  readonly material: KeyMaterial
  readonly body: CreateKey
}

/** Makes a pair in the page and registers its public half; the private half is handed to `onMade`. */
export function MakeKeyForm({ onMade }: { onMade: (made: MadeKey) => void }) {
  const words = useMessages(keysMessages)
  const choices = useKeyChoices()
  const register = useApiMutation(
    async (bursar, { material, body }: NewKey, options) => {
      const key = await bursar.keys.create(body, options)
      return { id: key.id, algorithm: key.algorithm, material }
    },
    { changes: ['keys'], onDone: onMade },
  )
  // Made before the call: when that has to be sent again, it is about the same key.
  const make = async ({ choice = 'ed25519', ...limits }: MakeKeyValues) => {
    const material = await generateKey(typeOfChoice(choice))
    const body = { ...(await createBodyOf(material, choice)), ...limitsOf(limits) }
    register.mutate({ material, body })
  }
  if (choices === null) return null
  return (
    <Form layout="vertical" requiredMark={false} onFinish={make}>
      <Form.Item
        name="choice"
        label={words.type}
        initialValue={choices[0]}
        extra={choices.includes('ed25519') ? undefined : words.noEd25519}
      >
        <Select
          className="form-select"
          options={choices.map((value) => ({ value, label: words.types[value] }))}
        />
      </Form.Item>
      <KeyLimitFields />
      {register.error !== null && <ProblemNote problem={problemOf(register.error)} />}
      <Button type="primary" htmlType="submit" loading={register.isPending}>
        {words.register}
      </Button>
    </Form>
  )
}

/** What this browser can make; null while it is being tried. */
export function useKeyChoices(): readonly KeyChoice[] | null {
  const { data } = useQuery({
    queryKey: ['supported_key_types'],
    queryFn: supportedTypes,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data === undefined ? null : CHOICES.filter((choice) => data.includes(typeOfChoice(choice)))
}
