import { NavLink } from 'react-router'
import { useCurrentApp, useSession } from '../api/api.context.js'
import { useMessages } from '../i18n/feature-messages.js'
import { shownNavigation } from './navigation.js'
import { shellMessages } from './shell.messages.js'

export function SideNav() {
  const words = useMessages(shellMessages)
  const groups = shownNavigation(useSession(), useCurrentApp())
  return (
    <nav className="side-nav" aria-label={words.mainNavigation}>
      {groups.map(({ group, entries }) => (
        <section key={group}>
          <h2>{words.groups[group]}</h2>
          <ul>
            {entries.map(({ page, to, icon: Icon }) => (
              <li key={page}>
                <NavLink to={to} end={to === '/'} title={words.pages[page]}>
                  <span className="side-nav-icon" aria-hidden="true">
                    <Icon />
                  </span>
                  <span className="side-nav-label">{words.pages[page]}</span>
                </NavLink>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}
