import { html, type Markup } from '../../infra/http/html.js'
import { renderScopes } from './consent-page.view.js'
import type { ShownGrant } from './payer-grant.service.js'
import { PAGE_TEXTS, type PageLanguage } from './payer-page.text.js'
import { type PageFrame, renderPage } from './payer-page.view.js'

export interface GrantsPage {
  readonly frame: PageFrame
  readonly payer_name: string
  readonly grants: readonly ShownGrant[]
  readonly was_revoked: boolean
  readonly form_token: string
  readonly time_zone: string
}

export function renderGrants(page: GrantsPage): string {
  const { language } = page.frame
  const text = PAGE_TEXTS[language]
  const words = text.grants
  const token = html`<input type="hidden" name="form_token" value="${page.form_token}">`
  const panel = html`<section class="panel grants">
<h1 class="panel-title">${words.title}</h1>
${page.was_revoked ? html`<p class="done" role="status">${words.revoked}</p>` : html``}
${page.grants.length === 0 ? html`<p class="panel-text">${words.none}</p>` : html`<p class="panel-text">${words.lead}</p>`}
${page.grants.map((grant) => renderGrant(grant, page, token))}
<form class="signed-in" method="post" action="/payer/sign-out">${token}
<p>${text.signed_in_as} <strong>${page.payer_name}</strong></p>
<button class="button-link">${words.sign_out}</button></form>
</section>`
  return renderPage(page.frame, words.title, panel)
}

function renderGrant(grant: ShownGrant, page: GrantsPage, token: Markup): Markup {
  const { language } = page.frame
  const words = PAGE_TEXTS[language].grants
  return html`<article class="grant">
<h2 class="grant-app">${grant.app_name}</h2>
<p class="grant-facts">${grant.department_name}</p>
${renderScopes(grant.scopes, language)}
<p class="grant-facts">${words.since} <time datetime="${grant.since.toISOString()}">${shownTime(grant.since, language, page.time_zone)}</time></p>
<form method="post" action="/payer/grants/${grant.id}/revoke">${token}
<button class="button button-secondary" aria-label="${words.revoke_label(grant.app_name)}">${words.revoke}</button></form>
</article>`
}

function shownTime(time: Date, language: PageLanguage, timeZone: string): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    dateStyle: 'long',
    timeStyle: 'short',
  }).format(time)
}
