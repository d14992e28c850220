import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderPolicy } from './provider.policy.js'

/** Where a person looks at the answer; everywhere else a program does, whatever its Accept header says. */
const PAGES: readonly string[] = ['authorization', 'resume']

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** RFC 6749 section 5.2 wants JSON. Only the browser of a payer who was sent to us wrongly gets a page. */
export function renderOauthError(
  ctx: KoaContextWithOIDC,
  out: ErrorOut,
  policy: Pick<ProviderPolicy, 'errorPage'>,
): void {
  const reason = [out.error, out.error_description].filter((text) => text !== undefined).join(': ')
  const page = PAGES.includes(ctx.oidc.route) ? policy.errorPage(ctx.req, reason) : null
  if (page === null) {
    ctx.type = 'application/json'
    ctx.body = out
    return
  }
  ctx.set('content-security-policy', CONTENT_SECURITY_POLICY)
  ctx.set('x-frame-options', 'DENY')
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = page
}
