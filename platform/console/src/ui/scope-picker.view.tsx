import { Checkbox } from 'antd'
import { scopeText } from '../api/scope.texts.js'
import { useMessages } from '../i18n/feature-messages.js'
import { useLanguage } from '../i18n/language.provider.js'
import { uiMessages } from './ui.messages.js'

const SHOWN_AT_ONCE = 8

interface ScopePickerProps {
  /** What may be chosen from. */
  readonly scopes: readonly string[]
  /** Given by a form. */
  readonly value?: readonly string[]
  readonly onChange?: (scopes: string[]) => void
  readonly isDisabled?: boolean
}

/** Scopes by noun, what each allows in words, its name in small. */
export function ScopePicker({ scopes, value = [], onChange, isDisabled }: ScopePickerProps) {
  const { language } = useLanguage()
  const change = (scope: string, isChosen: boolean) =>
    // In the table's order, whatever the order of clicks.
    onChange?.(scopes.filter((one) => (one === scope ? isChosen : value.includes(one))))
  return (
    <ul className="scope-picker">
      {scopes.map((scope) => (
        <li key={scope}>
          <Checkbox
            checked={value.includes(scope)}
            disabled={isDisabled === true}
            onChange={(event) => change(scope, event.target.checked)}
          >
            {scopeText(scope, language)} <code>{scope}</code>
          </Checkbox>
        </li>
      ))}
    </ul>
  )
}

/** The same, to be read; a long list is opened on demand. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  const { language } = useLanguage()
  const words = useMessages(uiMessages)
  const list = (
    <ul className="scope-picker">
      {scopes.map((scope) => (
        <li key={scope}>
          {scopeText(scope, language)} <code>{scope}</code>
        </li>
      ))}
    </ul>
  )
  if (scopes.length <= SHOWN_AT_ONCE) return list
  return (
    <details className="scope-details">
      <summary>{words.scopeCount(scopes.length)}</summary>
      {list}
    </details>
  )
}
