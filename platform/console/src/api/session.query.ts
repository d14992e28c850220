import type { Bursar } from '@openbursar/sdk'
import { queryOptions } from '@tanstack/react-query'
import { rememberCsrfToken } from './api.client.js'
import { type Session, sessionOf } from './session.types.js'

const SESSION_STALE_MS = 60_000

export function sessionQuery(institution: Bursar) {
  return queryOptions({
    queryKey: ['session'],
    staleTime: SESSION_STALE_MS,
    queryFn: async ({ signal }): Promise<Session> => {
      const session = sessionOf(await institution.session.get({ signal }))
      rememberCsrfToken(session)
      return session
    },
  })
}
