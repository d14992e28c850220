const SIGN_IN = '/console/sign-in'

/** To the sign-in page, and from there back to where one was. */
export function goToSignIn(): void {
  const { pathname, search } = window.location
  const target = new URL(SIGN_IN, window.location.origin)
  // Where the server has no such page this one answers for it, and must not send itself round in a circle.
  if (pathname === SIGN_IN) return
  target.searchParams.set('return_to', pathname + search)
  window.location.replace(target)
}
