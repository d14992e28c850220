import { Alert } from 'antd'
import { useEffect, useState } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { KeyFormatError, type KeyProblem } from './der.rules.js'
import { KeyTextInput } from './key-files.view.js'
import { isPair, type KeyMaterial, readKey } from './key-material.rules.js'
import { useKeyReading } from './key-reading.hooks.js'
import { keysMessages } from './keys.messages.js'

/** Whether a private key that somebody holds belongs to a key that is registered. */
export function PairCheck({ publicKey }: { publicKey: string }) {
  const words = useMessages(keysMessages)
  const own = useKeyReading()
  const [registered, setRegistered] = useState<KeyMaterial | null>(null)
  useEffect(() => {
    readKey(publicKey).then(setRegistered, () => setRegistered(null))
  }, [publicKey])
  return (
    <section className="panel-box">
      <h2>{words.pairTitle}</h2>
      <p className="dialog-text">{words.pairDetail}</p>
      <KeyTextInput
        label={words.pairPaste}
        text={own.text}
        error={own.problem === null ? null : words.problems[own.problem]}
        onText={own.setText}
      />
      <PairAnswer own={own.key} other={registered} />
    </section>
  )
}

/** The answer, as soon as there are two keys to compare. */
export function PairAnswer(props: { own: KeyMaterial | null; other: KeyMaterial | null }) {
  const words = useMessages(keysMessages)
  const { own, other } = props
  const [answer, setAnswer] = useState<boolean | KeyProblem | null>(null)
  useEffect(() => {
    setAnswer(null)
    if (own === null || other === null) return
    let isCurrent = true
    isPair(own, other).then(
      (isSame) => isCurrent && setAnswer(isSame),
      (error: unknown) =>
        isCurrent && setAnswer(error instanceof KeyFormatError ? error.reason : 'unreadable'),
    )
    return () => {
      isCurrent = false
    }
  }, [own, other])
  if (answer === null) return null
  if (typeof answer === 'string') {
    return <Alert type="warning" showIcon role="status" title={words.problems[answer]} />
  }
  return (
    <Alert
      type={answer ? 'success' : 'error'}
      showIcon
      role="status"
      title={answer ? words.pairYes : words.pairNo}
    />
  )
}
