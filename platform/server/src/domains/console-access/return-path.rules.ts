export const CONSOLE_HOME = '/console'
const LENGTH_MAX = 500

/**
 * Where somebody goes once they are signed in: a page of the console, or its front page. Whatever a link asks for,
 * nobody is sent anywhere else.
 */
export function returnPathOf(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > LENGTH_MAX) return CONSOLE_HOME
  // Browsers read a backslash as a slash, and drop control characters.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(asked) || asked.startsWith('//')) return CONSOLE_HOME
  const origin = 'https://console.invalid'
  if (!URL.canParse(asked, origin)) return CONSOLE_HOME
  const url = new URL(asked, origin)
  const isOurs = url.origin === origin && /^\/console(?:\/|$)/.test(url.pathname)
  // The pages of the sign-in itself lead round in a circle.
  const isSignIn = /^\/console\/(?:sign-in|callback|identity|second-factor)/.test(url.pathname)
  return isOurs && !isSignIn ? `${url.pathname}${url.search}${url.hash}` : CONSOLE_HOME
}
