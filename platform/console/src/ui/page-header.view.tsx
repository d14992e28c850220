import { type ReactNode, useEffect } from 'react'
import { Link } from 'react-router'

interface PageHeaderProps {
  readonly title: string
  /** Where one came from, the nearest last. */
  readonly parents?: readonly { readonly to: string; readonly title: string }[]
  /** Beside the title: a status, an id. */
  readonly beside?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
}

/** The top of every page; the tab is named after it. */
export function PageHeader({ title, parents = [], beside, lead, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · OpenBursar`
  }, [title])
  return (
    <header className="page-header">
      {parents.length > 0 && (
        <nav className="page-parents">
          {parents.map((parent) => (
            <Link key={parent.to} to={parent.to}>
              {parent.title}
            </Link>
          ))}
        </nav>
      )}
      <div className="page-title-row">
        <h1>{title}</h1>
        {beside}
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {lead !== undefined && <p className="page-lead">{lead}</p>}
    </header>
  )
}
