import { Button, Input } from 'antd'
import { useId, useRef } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import './keys.css'
import { keysMessages } from './keys.messages.js'

const FILE_BYTES_MAX = 65_536

interface KeyTextProps {
  readonly label: string
  readonly hint?: string
  readonly text: string
  readonly error: string | null
  readonly onText: (text: string) => void
}

/** A key as text, pasted or read from a file; it stays in this page's memory. */
export function KeyTextInput({ label, hint, text, error, onText }: KeyTextProps) {
  const words = useMessages(keysMessages)
  const file = useRef<HTMLInputElement>(null)
  const id = useId()
  const choose = async (chosen: File | undefined) => {
    if (chosen !== undefined && chosen.size <= FILE_BYTES_MAX) onText(await chosen.text())
  }
  return (
    <div className="key-text">
      <label htmlFor={id}>{label}</label>
      <Input.TextArea
        id={id}
        rows={6}
        spellCheck={false}
        autoComplete="off"
        value={text}
        status={error === null ? '' : 'error'}
        aria-describedby={`${id}-hint`}
        aria-invalid={error !== null}
        onChange={(event) => onText(event.target.value)}
      />
      <div className="key-text-foot">
        <span id={`${id}-hint`} className={error === null ? 'hint' : 'hint is-error'}>
          {error ?? hint}
        </span>
        <Button size="small" onClick={() => file.current?.click()}>
          {words.chooseFile}
        </Button>
        <input
          ref={file}
          type="file"
          hidden
          accept=".pem,.key,.pub,.crt,.cer,.json,.jwk,.txt"
          onChange={(event) => {
            void choose(event.target.files?.[0])
            // The same file may be chosen again after it was changed.
            event.target.value = ''
          }}
        />
      </div>
    </div>
  )
}
