import { Radio } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMessages } from '../../i18n/feature-messages.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { ImportKeyForm } from './import-key.form.js'
import type { KeyMaterial } from './key-material.rules.js'
import { KeySaver } from './key-saver.view.js'
import { keysMessages } from './keys.messages.js'
import { MakeKeyForm } from './make-key.form.js'

export interface MadeKey {
  readonly id: string
  readonly algorithm: string
  readonly material: KeyMaterial
}

export function NewKeyPage() {
  const words = useMessages(keysMessages)
  const navigate = useNavigate()
  const [source, setSource] = useState<'make' | 'import'>('make')
  const [made, setMade] = useState<MadeKey | null>(null)
  const parents = [{ to: '/keys', title: words.title }]
  if (made !== null) {
    return (
      <>
        <PageHeader title={words.newTitle} parents={parents} />
        <KeySaver
          keyId={made.id}
          algorithm={made.algorithm}
          made={made.material}
          onDone={() => void navigate(`/keys/${made.id}`)}
        />
      </>
    )
  }
  return (
    <>
      <PageHeader title={words.newTitle} parents={parents} />
      <section className="panel-box form-column">
        <Radio.Group
          className="choice-list"
          aria-label={words.how}
          value={source}
          onChange={(event) => setSource(event.target.value === 'import' ? 'import' : 'make')}
        >
          <Radio value="make">
            {words.make} <span className="hint">{words.makeHint}</span>
          </Radio>
          <Radio value="import">
            {words.import} <span className="hint">{words.importHint}</span>
          </Radio>
        </Radio.Group>
        {source === 'make' ? (
          <MakeKeyForm onMade={setMade} />
        ) : (
          <ImportKeyForm onDone={(id) => void navigate(`/keys/${id}`)} />
        )}
      </section>
    </>
  )
}
