import { Link } from 'react-router'
import { CopyButton } from './copy-button.view.js'

/** An id in full, to be copied; with `to`, also the way to what it names. */
export function Id({ id, to }: { id: string; to?: string }) {
  return (
    <span className="id">
      {to === undefined ? <code>{id}</code> : <Link to={to}>{id}</Link>}
      <CopyButton text={id} />
    </span>
  )
}
