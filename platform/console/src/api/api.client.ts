import { Bursar } from '@openbursar/sdk'
import type { Workplace } from './workplace.rules.js'

/** The token is read anew for every call: it changes when the session is renewed. */
let csrfToken: string | null = null

export function rememberCsrfToken(session: { readonly csrf_token: string }): void {
  csrfToken = session.csrf_token
}

/** The SDK as everybody has it, with the session's cookie in place of a key. */
export function createApi(workplace: Workplace | null): Bursar {
  return new Bursar({
    auth: 'session',
    baseUrl: window.location.origin,
    headers: () => ({
      ...(csrfToken === null ? {} : { 'bursar-csrf': csrfToken }),
      ...(workplace === null
        ? {}
        : { 'bursar-app': workplace.app_id, 'bursar-mode': workplace.mode }),
    }),
  })
}
