import { HttpError } from '../../infra/http/http.errors.js'

/** Dated versions of the API, oldest first. An app is pinned to the one it was created with. */
export const API_VERSIONS = ['2026-12-01'] as const
export const API_VERSION_LATEST = '2026-12-01'

export function resolveVersion(header: string | string[] | undefined, pinned: string): string {
  if (header === undefined) return pinned
  const known = API_VERSIONS.find((version) => version === header)
  if (known) return known
  throw new HttpError(
    'version_unknown',
    `Bursar-Version names no version of this API. Known versions: ${API_VERSIONS.join(', ')}.`,
  )
}
