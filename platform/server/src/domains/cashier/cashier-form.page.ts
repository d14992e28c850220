import { createHash } from 'node:crypto'
import { html, Markup } from '../../infra/http/html.js'
import type { PageFile } from '../../infra/http/page-files.js'

interface ProviderForm {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** By the prototype, because a field of the form may be called `submit`. */
const SUBMIT_SCRIPT = 'HTMLFormElement.prototype.submit.call(document.forms[0])'
const SUBMIT_HASH = createHash('sha256').update(SUBMIT_SCRIPT).digest('base64')

/**
 * The page runs this one script and nothing else, and its form leads to the provider. `https:` beside the
 * provider's own origin, because browsers hold the redirects that answer a form against the policy too
 * (CSP 3, 6.4.1), and banks redirect between hosts of their own.
 */
export function formPolicyOf(url: string): string {
  const { origin } = new URL(url)
  return [
    "default-src 'none'",
    "style-src 'self'",
    `script-src 'sha256-${SUBMIT_HASH}'`,
    `form-action ${origin} https:`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

/** A form that the payer's browser sends by itself, and a button where scripts are off. */
export function formPageOf({ url, fields }: ProviderForm, stylesheet: string | null): PageFile {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const page = html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex, nofollow">
<title>正在前往付款页面 · Payment</title>
${stylesheet === null ? html`` : html`<link rel="stylesheet" href="${stylesheet}">`}
</head>
<body>
<div class="cashier"><main class="cashier-main is-notice"><section class="panel panel-centred">
<h1 class="panel-title">正在前往付款页面</h1>
<p class="panel-text" lang="en">Taking you to the payment page</p>
<form method="post" action="${url}" accept-charset="utf-8">
${inputs}
<button class="button button-primary" type="submit">继续 · Continue</button>
</form>
</section></main></div>
<script>${new Markup(SUBMIT_SCRIPT)}</script>
</body>
</html>
`
  return { content_type: 'text/html; charset=utf-8', bytes: Buffer.from(page.text) }
}
