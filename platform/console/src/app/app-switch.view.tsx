import { Select } from 'antd'
import { useLocation } from 'react-router'
import { useApiValue, useSession } from '../api/api.context.js'
import type { SessionApp } from '../api/session.types.js'
import { basenameOf, type Mode, pageElsewhere } from '../api/workplace.rules.js'
import { useMessages } from '../i18n/feature-messages.js'
import { shellMessages } from './shell.messages.js'

/** The app one works in; another one is another address. */
export function AppSwitch() {
  const words = useMessages(shellMessages)
  const { workplace } = useApiValue()
  const { apps } = useSession()
  const { pathname } = useLocation()
  const open = (id: string) => {
    const app = apps.find((candidate) => candidate.id === id)
    if (app === undefined) return
    const mode = modeIn(app, workplace?.mode ?? 'test')
    window.location.assign(basenameOf({ app_id: id, mode }) + pageElsewhere(pathname))
  }
  return (
    <Select<string>
      className="app-switch"
      aria-label={words.appSwitch}
      placeholder={words.chooseApp}
      notFoundContent={words.noApps}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={320}
      value={apps.some(({ id }) => id === workplace?.app_id) ? (workplace?.app_id ?? null) : null}
      options={byDepartment(apps)}
      onChange={open}
    />
  )
}

function modeIn(app: SessionApp, wanted: Mode): Mode {
  return app.scopes[wanted] === undefined ? 'test' : wanted
}

function byDepartment(apps: readonly SessionApp[]) {
  const departments = new Map(apps.map(({ department }) => [department.id, department.name]))
  return [...departments].map(([id, label]) => ({
    label,
    options: apps
      .filter(({ department }) => department.id === id)
      .map((app) => ({ value: app.id, label: app.name })),
  }))
}
