import { Modal } from 'antd'
import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useCurrentApp, useSession } from '../api/api.context.js'
import { useMessages } from '../i18n/feature-messages.js'
import { shownNavigation } from './navigation.js'
import { shellMessages } from './shell.messages.js'
import { actionOf, type Keystroke } from './shortcut.rules.js'
import { showShortcuts, useShortcutsShown } from './shortcuts.store.js'

const AWAIT_PAGE_MS = 1500
const TAKES_KEYS =
  'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]'

/** Listens to the keyboard, and explains what it listens for. */
export function Shortcuts() {
  const words = useMessages(shellMessages)
  const isShown = useShortcutsShown()
  const entries = shownNavigation(useSession(), useCurrentApp()).flatMap((group) => group.entries)
  const navigate = useNavigate()
  const awaitedUntil = useRef(0)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = actionOf(strokeOf(event), event.timeStamp < awaitedUntil.current)
      awaitedUntil.current = action.kind === 'await_page' ? event.timeStamp + AWAIT_PAGE_MS : 0
      if (action.kind === 'none' || action.kind === 'await_page') return
      if (action.kind === 'go') {
        const entry = entries.find(({ key }) => key === action.key)
        if (entry !== undefined) void navigate(entry.to)
      }
      if (action.kind === 'help') showShortcuts(true)
      if (action.kind === 'search') focusOn(document.querySelector('[data-search] input'))
      if (action.kind === 'row') moveRow(action.step)
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [entries, navigate])
  const lines: readonly [string, string][] = [
    ['/', words.shortcutSearch],
    ['?', words.shortcutHelp],
    ['j / k', words.shortcutRows],
    ['Enter', words.shortcutOpen],
    ...entries.map(({ key, page }): [string, string] => [
      `g ${key}`,
      words.shortcutGo(words.pages[page]),
    ]),
  ]
  return (
    <Modal
      open={isShown}
      title={words.shortcutsTitle}
      footer={null}
      onCancel={() => showShortcuts(false)}
    >
      <dl className="shortcut-list">
        {lines.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

function strokeOf(event: KeyboardEvent): Keystroke {
  const { key, ctrlKey, altKey, metaKey, target } = event
  return {
    key,
    hasModifier: ctrlKey || altKey || metaKey,
    isTaken: target instanceof Element && target.closest(TAKES_KEYS) !== null,
  }
}

function focusOn(element: Element | null): void {
  if (element instanceof HTMLElement) element.focus()
}

function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row-link]')]
  const focused = document.activeElement
  const at = focused instanceof HTMLElement ? rows.indexOf(focused) : -1
  rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step]?.focus()
}
