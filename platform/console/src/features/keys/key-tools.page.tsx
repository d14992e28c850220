import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { CodeBlock } from '../../ui/code-block.view.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { saveFile } from '../../ui/save-file.action.js'
import { KeyTextInput } from './key-files.view.js'
import {
  type KeyMaterial,
  type KeyText,
  publicHalf,
  thumbprint,
  writeKey,
} from './key-material.rules.js'
import { useKeyReading } from './key-reading.hooks.js'
import { keysMessages } from './keys.messages.js'
import { PairAnswer } from './pair-check.view.js'

export function KeyToolsPage() {
  const words = useMessages(keysMessages)
  return (
    <>
      <PageHeader
        title={words.toolsTitle}
        lead={words.toolsLead}
        parents={[{ to: '/keys', title: words.title }]}
      />
      <Converter />
      <PairOfTwo />
    </>
  )
}

function Converter() {
  const words = useMessages(keysMessages)
  const { text, setText, key, problem } = useKeyReading()
  return (
    <section className="panel-box">
      <h2>{words.convertTitle}</h2>
      <KeyTextInput
        label={words.convertPaste}
        hint={key === null ? words.pasteHint : `${words.read}: ${key.type}`}
        text={text}
        error={problem === null ? null : words.problems[problem]}
        onText={setText}
      />
      {key !== null && <Forms material={key} />}
    </section>
  )
}

/** A key in every form: both halves of a private one. */
function Forms({ material }: { material: KeyMaterial }) {
  const words = useMessages(keysMessages)
  const [texts, setTexts] = useState<readonly (KeyText & { half: 'private' | 'public' })[]>([])
  const [print, setPrint] = useState('')
  useEffect(() => {
    let isCurrent = true
    const halves = material.isPrivate ? [publicHalf(material), material] : [material]
    void Promise.all([
      thumbprint(material),
      ...halves.map(async (half) =>
        (await writeKey(half)).map((one) => ({
          ...one,
          half: half.isPrivate ? ('private' as const) : ('public' as const),
        })),
      ),
    ]).then(([own, ...written]) => {
      if (!isCurrent) return
      setPrint(typeof own === 'string' ? own : '')
      setTexts(written.flatMap((one) => (typeof one === 'string' ? [] : one)))
    })
    return () => {
      isCurrent = false
    }
  }, [material])
  return (
    <>
      <dl className="facts">
        <dt>{words.fingerprint}</dt>
        <dd>
          <code>{print}</code>
        </dd>
      </dl>
      <div className="key-forms">
        {texts.map(({ format, half, text, extension }) => {
          const label = `${words.formats[format]}${format === 'jwk' ? ` · ${words.halves[half]}` : ''}`
          return (
            <div key={`${half}-${format}`}>
              <CodeBlock label={label} code={text} />
              <Button
                size="small"
                icon={<DownloadOutlined />}
                aria-label={`${words.download}: ${label}`}
                onClick={() => saveFile(`${half}-key.${format}.${extension}`, text)}
              >
                {words.download}
              </Button>
            </div>
          )
        })}
      </div>
    </>
  )
}

function PairOfTwo() {
  const words = useMessages(keysMessages)
  const own = useKeyReading()
  const other = useKeyReading()
  return (
    <section className="panel-box">
      <h2>{words.pairTitle}</h2>
      <div className="two-columns">
        <KeyTextInput
          label={words.pairOwn}
          text={own.text}
          error={own.problem === null ? null : words.problems[own.problem]}
          onText={own.setText}
        />
        <KeyTextInput
          label={words.pairOther}
          text={other.text}
          error={other.problem === null ? null : words.problems[other.problem]}
          onText={other.setText}
        />
      </div>
      <PairAnswer own={own.key} other={other.key} />
    </section>
  )
}
