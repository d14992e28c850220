import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'

const NAMES = {
  session: 'bursar_operator',
  signIn: 'bursar_operator_sign_in',
  pending: 'bursar_operator_pending',
  language: 'bursar_language',
} as const
export type OperatorCookie = keyof typeof NAMES

const VALUE_LENGTH_MAX = 3500

/**
 * A cookie of the people who work with the platform: out of reach of scripts and of other sites' requests.
 * Behind https its name begins with __Host-, so that no neighbouring host can set it (RFC 6265bis section 4.1.3).
 */
export function operatorCookieName(cookie: OperatorCookie, isSecure: boolean): string {
  return isSecure ? `__Host-${NAMES[cookie]}` : NAMES[cookie]
}

/** Null as well when a name comes twice: somebody meddles. */
export function readOperatorCookie(
  { cookie: header }: IncomingHttpHeaders,
  cookie: OperatorCookie,
  isSecure: boolean,
): string | null {
  if (header === undefined) return null
  const prefix = `${operatorCookieName(cookie, isSecure)}=`
  const [pair, another] = header
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one.startsWith(prefix))
  if (pair === undefined || another !== undefined || pair.length > VALUE_LENGTH_MAX) return null
  return pair.slice(prefix.length) || null
}

export function writeOperatorCookie(
  reply: FastifyReply,
  cookie: OperatorCookie,
  value: string,
  options: { readonly isSecure: boolean; readonly maxAgeSeconds: number },
): void {
  const { isSecure, maxAgeSeconds } = options
  const parts = [`${operatorCookieName(cookie, isSecure)}=${value}`, 'Path=/']
  const flags = [`Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Lax']
  // On Node's own response: Passport answers there, beside Fastify.
  const text = [...parts, ...flags, ...(isSecure ? ['Secure'] : [])].join('; ')
  reply.raw.appendHeader('set-cookie', text)
}
