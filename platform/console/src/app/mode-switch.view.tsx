import { useLocation } from 'react-router'
import { useCurrentApp } from '../api/api.context.js'
import { basenameOf, type Mode, pageElsewhere } from '../api/workplace.rules.js'
import { useMessages } from '../i18n/feature-messages.js'
import { shellMessages } from './shell.messages.js'

const MODES: readonly Mode[] = ['test', 'live']

/** Two links, because a mode is an address. */
export function ModeSwitch() {
  const words = useMessages(shellMessages)
  const current = useCurrentApp()
  const { pathname } = useLocation()
  if (current === null) return null
  const { app, workplace } = current
  return (
    <nav className="mode-switch" aria-label={words.modeSwitch}>
      {MODES.map((mode) => {
        const isOpen = app.scopes[mode] !== undefined
        const href = basenameOf({ ...workplace, mode }) + pageElsewhere(pathname)
        return (
          <a
            key={mode}
            className={`mode-${mode}`}
            href={isOpen ? href : undefined}
            aria-current={mode === workplace.mode ? 'true' : undefined}
            aria-disabled={isOpen ? undefined : 'true'}
            title={isOpen ? undefined : words.liveMissing}
          >
            {words.modes[mode]}
          </a>
        )
      })}
    </nav>
  )
}
