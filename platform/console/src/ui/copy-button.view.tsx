import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { useEffect, useState } from 'react'
import { useMessages } from '../i18n/feature-messages.js'
import { uiMessages } from './ui.messages.js'

const SHOWN_MS = 1600

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const words = useMessages(uiMessages)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const name = isCopied ? words.copied : (label ?? words.copy)
  return (
    <button
      type="button"
      className="copy-button"
      title={name}
      aria-label={name}
      onClick={async () => {
        await navigator.clipboard.writeText(text)
        setCopied(true)
      }}
    >
      {isCopied ? <CheckOutlined /> : <CopyOutlined />}
      <span className="visually-hidden" role="status">
        {isCopied ? words.copied : ''}
      </span>
    </button>
  )
}
