import { html, type Markup } from '../../infra/http/html.js'
import { OWN_SCOPES, type OwnScopeName } from '../../infra/http/own-scopes.js'
import { PAGE_TEXTS, type PageLanguage } from './payer-page.text.js'
import { type PageFrame, renderPage } from './payer-page.view.js'

export interface ConsentPage {
  readonly frame: PageFrame
  readonly app_name: string
  readonly department_name: string
  readonly payer_name: string
  /** Asked for now. */
  readonly asked: readonly OwnScopeName[]
  /** Allowed before; it stays allowed. */
  readonly allowed: readonly OwnScopeName[]
  readonly action: string
  /** Where both answers lead: a payer who does not know it had better not answer. */
  readonly return_host: string
  readonly form_token: string
}

/** One question, everything needed to answer it, and two answers of the same weight. */
export function renderConsent(page: ConsentPage): string {
  const text = PAGE_TEXTS[page.frame.language]
  const words = text.consent
  const title = words.title(page.app_name)
  const panel = html`<section class="panel consent">
<h1 class="panel-title">${title}</h1>
<p class="consent-by"><span>${words.by}</span> ${page.department_name}</p>
<h2 class="consent-lead">${words.lead}</h2>
${renderScopes(page.asked, page.frame.language)}
${page.allowed.length === 0 ? html`` : html`<h2 class="consent-lead">${words.already}</h2>${renderScopes(page.allowed, page.frame.language, 'is-allowed')}`}
<p class="consent-limits">${words.limits}</p>
<form method="post" action="${page.action}">
<input type="hidden" name="form_token" value="${page.form_token}">
<p class="consent-payer">${text.signed_in_as} <strong>${page.payer_name}</strong>
<button class="button-link" name="decision" value="switch">${words.switch_payer}</button></p>
<div class="choices">
<button class="button button-primary" name="decision" value="allow">${words.allow}</button>
<button class="button button-secondary" name="decision" value="refuse">${words.refuse}</button>
</div>
<p class="consent-return">${words.returns_to} <span>${page.return_host}</span></p>
</form>
</section>`
  return renderPage(page.frame, title, panel)
}

export function renderScopes(
  scopes: readonly OwnScopeName[],
  language: PageLanguage,
  style = '',
): Markup {
  return html`<ul class="scopes ${style}">${scopes.map((scope) => {
    const { title, detail } = OWN_SCOPES[scope][language]
    return html`<li><svg class="scope-mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="M4 10.5l4 4 8-9"/></svg>
<span class="scope-words"><strong>${title}</strong><span>${detail}</span></span></li>`
  })}</ul>`
}
