import { useLanguage } from '../i18n/language.provider.js'
import { statusOf, type Tone } from './status.table.js'

/** The sign says what the colour says, for who doesn't see colours and for print. */
const SIGNS: Record<Tone, string> = {
  good: '✓',
  bad: '✕',
  waiting: '…',
  attention: '!',
  quiet: '–',
}

export function StatusTag({ status }: { status: string }) {
  const { language } = useLanguage()
  const { tone, word } = statusOf(status, language)
  return (
    <span className={`status is-${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span>
      {word}
    </span>
  )
}
