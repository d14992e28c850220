import type { ReactNode } from 'react'
import { NavLink } from 'react-router'

interface TabNavProps {
  readonly label: string
  readonly tabs: readonly { readonly to: string; readonly title: ReactNode }[]
}

/** The parts of one thing, each at its own address. */
export function TabNav({ label, tabs }: TabNavProps) {
  return (
    <nav className="tab-nav" aria-label={label}>
      {tabs.map(({ to, title }) => (
        <NavLink key={to} to={to} end>
          {title}
        </NavLink>
      ))}
    </nav>
  )
}
