import { Id } from './id.view.js'
import { pageOfId } from './object-link.rules.js'

/** An id: a link where the object has a page. Nothing is shown of what isn't there. */
export function ObjectId({ id }: { id: string | null | undefined }) {
  if (id === null || id === undefined) return null
  const to = pageOfId(id)
  return to === null ? <Id id={id} /> : <Id id={id} to={to} />
}
