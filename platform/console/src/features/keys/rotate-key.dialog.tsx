import type { Key, RotateKey } from '@openbursar/sdk'
import { Button, Form, Modal, Select } from 'antd'
import { useState } from 'react'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { createBodyOf } from './key-body.rules.js'
import { type KeyChoice, OVERLAPS, type Overlap, typeOfChoice } from './key-form.rules.js'
import { generateKey, type KeyMaterial } from './key-material.rules.js'
import { keysMessages } from './keys.messages.js'
import { useKeyChoices } from './make-key.form.js'
import type { MadeKey } from './new-key.page.js'

interface RotateValues {
  readonly choice: KeyChoice
  readonly overlap: Overlap
}

interface Successor {
  readonly material: KeyMaterial
  readonly body: RotateKey
}

const OVERLAP_NAMES = ['none', 'h1', 'd1', 'd7', 'd30'] as const satisfies (keyof typeof OVERLAPS)[]

/** Makes the successor in the page; its private half is handed to `onRotated`. */
export function RotateKeyDialog(props: { apiKey: Key; onRotated: (made: MadeKey) => void }) {
  const { apiKey, onRotated } = props
  const words = useMessages(keysMessages)
  const choices = useKeyChoices() ?? []
  const [form] = Form.useForm<RotateValues>()
  const [isOpen, setOpen] = useState(false)
  const rotate = useApiMutation(
    async (bursar, { material, body }: Successor, options) => {
      const next = await bursar.keys.rotate(apiKey.id, body, options)
      return { id: next.id, algorithm: next.algorithm, material }
    },
    {
      changes: ['keys'],
      onDone: (made) => {
        setOpen(false)
        onRotated(made)
      },
    },
  )
  // Made before the call: when that has to be sent again, it is about the same key.
  const make = async (values: RotateValues) => rotate.mutate(await successorOf(values))
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.rotate}</Button>
      <Modal
        open={isOpen}
        title={words.rotateTitle}
        okText={words.rotateConfirm}
        cancelText={words.cancel}
        confirmLoading={rotate.isPending}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <p className="dialog-text">{words.rotateDetail}</p>
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ choice: choices[0], overlap: 'd1' }}
          onFinish={make}
        >
          <Form.Item name="choice" label={words.type}>
            <Select options={choices.map((value) => ({ value, label: words.types[value] }))} />
          </Form.Item>
          <Form.Item name="overlap" label={words.overlap}>
            <Select
              options={OVERLAP_NAMES.map((value) => ({ value, label: words.overlaps[value] }))}
            />
          </Form.Item>
        </Form>
        {rotate.error !== null && <ProblemNote problem={problemOf(rotate.error)} />}
      </Modal>
    </>
  )
}

async function successorOf({ choice, overlap }: RotateValues): Promise<Successor> {
  const material = await generateKey(typeOfChoice(choice))
  const { public_key, algorithm } = await createBodyOf(material, choice)
  const scheme = algorithm === undefined ? {} : { algorithm }
  return { material, body: { public_key, overlap_seconds: OVERLAPS[overlap], ...scheme } }
}
