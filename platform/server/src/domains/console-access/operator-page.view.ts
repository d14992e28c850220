import { html, Markup } from '../../infra/http/html.js'
import { PAGE_TEXTS, type PageLanguage, type PageText } from './operator-page.text.js'

/** What stands around every page. */
export interface PageFrame {
  readonly language: PageLanguage
  readonly stylesheet: string
  /** Of this page, for the language switch. */
  readonly path: string
}

export function renderPage(frame: PageFrame, title: string, main: Markup): string {
  const text = PAGE_TEXTS[frame.language]
  return html`<!doctype html>
<html lang="${text.html_lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex">
<title>${title} · ${text.site}</title>
<link rel="stylesheet" href="${frame.stylesheet}">
</head>
<body>
<div class="cashier">
<header class="letterhead"><div class="letterhead-inner">
<p class="institution">${text.site}</p>
${renderLanguages(frame, text)}
</div></header>
<main class="cashier-main is-notice">
${main}
</main>
<footer class="foot"><p>${text.promise}</p></footer>
</div>
</body>
</html>
`.text
}

/** A page that can only say one thing. */
export function renderNotice(
  frame: PageFrame,
  notice: { readonly title: string; readonly detail: string },
  link: { readonly path: string; readonly label: string } | null,
): string {
  const panel = html`<section class="panel panel-centred">
<h1 class="panel-title">${notice.title}</h1>
<p class="panel-text">${notice.detail}</p>
${link ? html`<a class="button button-secondary" href="${link.path}">${link.label}</a>` : html``}
</section>`
  return renderPage(frame, notice.title, panel)
}

export function renderPassword(
  frame: PageFrame,
  page: { readonly login: string; readonly problem: string | null },
): string {
  const { sign_in: words } = PAGE_TEXTS[frame.language]
  const panel = html`<section class="panel sign-in">
<h1 class="panel-title">${words.title}</h1>
${renderProblem(page.problem)}
<form method="post">
<label class="entry"><span>${words.login}</span>
<input name="login" value="${page.login}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="200" required${autofocus(page.login === '')}></label>
<label class="entry"><span>${words.password}</span>
<input name="password" type="password" autocomplete="current-password" maxlength="500" required${autofocus(page.login !== '')}></label>
<button class="button button-primary">${words.submit}</button>
</form>
<p class="panel-help">${words.help}</p>
</section>`
  return renderPage(frame, words.title, panel)
}

export function renderCode(frame: PageFrame, problem: string | null): string {
  const { code: words } = PAGE_TEXTS[frame.language]
  const panel = html`<section class="panel sign-in">
<h1 class="panel-title">${words.title}</h1>
<p class="panel-text">${words.lead}</p>
${renderProblem(problem)}
<form method="post">
${renderCodeEntry(words.code)}
<button class="button button-primary">${words.submit}</button>
</form>
<p class="panel-help">${words.recovery}</p>
</section>`
  return renderPage(frame, words.title, panel)
}

export interface EnrolPage {
  readonly secret: string
  /** An SVG document that the QR library made of the secret's address. */
  readonly qr_svg: string
  readonly is_demo: boolean
  readonly problem: string | null
}

export function renderEnrol(frame: PageFrame, page: EnrolPage): string {
  const { enrol: words } = PAGE_TEXTS[frame.language]
  const spaced = page.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
  const panel = html`<section class="panel sign-in">
<h1 class="panel-title">${words.title}</h1>
<p class="panel-text">${words.lead}</p>
<div class="enrol-qr">${new Markup(page.qr_svg)}</div>
<p class="panel-help">${words.by_hand} <code class="enrol-secret">${spaced}</code></p>
${renderProblem(page.problem)}
<form method="post">
${renderCodeEntry(words.code)}
<button class="button button-primary" name="action" value="enrol">${words.submit}</button>
</form>
${page.is_demo ? renderSkip(words) : html``}
</section>`
  return renderPage(frame, words.title, panel)
}

export function renderRecoveryCodes(
  frame: PageFrame,
  page: { readonly codes: readonly string[]; readonly return_path: string },
): string {
  const { kept: words } = PAGE_TEXTS[frame.language]
  const panel = html`<section class="panel sign-in">
<h1 class="panel-title">${words.title}</h1>
<p class="panel-text">${words.lead}</p>
<ul class="recovery-codes">${page.codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<a class="button button-primary" href="${page.return_path}">${words.go_on}</a>
</section>`
  return renderPage(frame, words.title, panel)
}

export interface JoinPage {
  readonly institution: string
  readonly login: string
  /** Where a password of ours would be of no use: people sign in at the institution's own provider. */
  readonly is_campus: boolean
  readonly problem: string | null
}

export function renderJoin(frame: PageFrame, page: JoinPage): string {
  const { join: words } = PAGE_TEXTS[frame.language]
  const title = words.title(page.institution)
  const body = page.is_campus
    ? html`<p class="panel-text">${words.campus}</p>
<a class="button button-primary" href="/console/sign-in">${words.campus_submit}</a>`
    : html`<p class="panel-text">${words.lead(page.login)}</p>
${renderProblem(page.problem)}
<form method="post">
<input type="hidden" name="login" value="${page.login}" autocomplete="username">
<label class="entry"><span>${words.password}</span>
<input name="password" type="password" autocomplete="new-password" minlength="12" maxlength="128" required autofocus></label>
<label class="entry"><span>${words.again}</span>
<input name="again" type="password" autocomplete="new-password" minlength="12" maxlength="128" required></label>
<p class="panel-help">${words.rule}</p>
<button class="button button-primary">${words.submit}</button>
</form>`
  const panel = html`<section class="panel sign-in"><h1 class="panel-title">${title}</h1>
${body}
</section>`
  return renderPage(frame, title, panel)
}

function renderSkip(words: PageText['enrol']): Markup {
  return html`<form method="post" class="enrol-skip">
<p class="panel-help">${words.demo}</p>
<button class="button button-secondary" name="action" value="skip">${words.skip}</button>
</form>`
}

function renderCodeEntry(label: string): Markup {
  return html`<label class="entry"><span>${label}</span>
<input class="entry-code" name="code" inputmode="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40" required autofocus></label>`
}

function renderProblem(problem: string | null): Markup {
  return problem === null ? html`` : html`<p class="entry-problem" role="alert">${problem}</p>`
}

const autofocus = (isFirst: boolean): Markup => (isFirst ? html` autofocus` : html``)

function renderLanguages({ language, path }: PageFrame, text: PageText): Markup {
  const other = language === 'zh' ? 'en' : 'zh'
  const { html_lang } = PAGE_TEXTS[other]
  const switched = new URL(path, 'http://page')
  switched.searchParams.set('lang', other)
  return html`<nav class="language-links" aria-label="${text.switch_language}">
<span aria-current="true">${text.this_language}</span>
<a href="${switched.pathname}${switched.search}" lang="${html_lang}" hreflang="${html_lang}">${text.other_language}</a>
</nav>`
}
