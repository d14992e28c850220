import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../../infra/http/caller.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { API_VERSIONS } from '../../versions/versions.js'

/** The version of a request: the header's, or else the one the app is pinned to. */
function resolveVersion(header: string | string[] | undefined, pinned: string): string {
  if (header === undefined) return pinned
  const known = API_VERSIONS.find((version) => version === header)
  if (known) return known
  throw new HttpError(
    'version_unknown',
    `Bursar-Version names no version of this API. Known versions: ${API_VERSIONS.join(', ')}.`,
  )
}

/** The versions of a caller: the one its app is pinned to, and the one it asked for when that is another. */
export function versionsOf(
  { headers }: { readonly headers: IncomingHttpHeaders },
  { api_version }: { readonly api_version: string },
): Pick<Caller, 'api_version' | 'version_override'> {
  const version = resolveVersion(headers['bursar-version'], api_version)
  return version === api_version ? { api_version } : { api_version, version_override: version }
}
