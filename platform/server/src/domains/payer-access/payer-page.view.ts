import { html, type Markup } from '../../infra/http/html.js'
import { PAGE_TEXTS, type PageLanguage, type PageText } from './payer-page.text.js'

/** What stands around every page. */
export interface PageFrame {
  readonly language: PageLanguage
  readonly stylesheet: string
  /** Of this page, for the language switch. */
  readonly path: string
  /** Null where it is not known whose page it is. */
  readonly institution: string | null
  readonly isTest: boolean
}

const MARKS = {
  success: 'M21 33.5l8 8 15-17',
  missing: 'M26 26a6 6 0 1 1 8.5 5.5c-1.7.8-2.5 2-2.5 4M32 43h.01',
  closed: 'M22 32h20',
  offline: 'M32 20v15M32 43h.01',
} as const
export type MarkKind = keyof typeof MARKS

export function renderPage(frame: PageFrame, title: string, main: Markup): string {
  const text = PAGE_TEXTS[frame.language]
  return html`<!doctype html>
<html lang="${text.html_lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="${frame.stylesheet}">
</head>
<body>
<div class="cashier">
${frame.isTest ? html`<div class="test-banner" role="note"><strong class="test-banner-tag">${text.test_tag}</strong><span>${text.test_detail}</span></div>` : html``}
<header class="letterhead"><div class="letterhead-inner">
${renderLetterhead(frame, text)}
${renderLanguages(frame, text)}
</div></header>
<main class="cashier-main is-notice">
${main}
</main>
<footer class="foot"><p>${text.promise}</p><p><a href="/payer/grants">${text.grants.title}</a></p></footer>
</div>
</body>
</html>
`.text
}

/** A page that can only say one thing. */
export function renderNotice(
  frame: PageFrame,
  mark: MarkKind,
  notice: { readonly title: string; readonly detail: string },
  link: { readonly path: string; readonly label: string } | null = null,
  reason: string | null = null,
): string {
  const panel = html`<section class="panel panel-centred">
${renderMark(mark)}
<h1 class="panel-title">${notice.title}</h1>
<p class="panel-text">${notice.detail}</p>
${reason === null ? html`` : html`<p class="panel-reason">${reason}</p>`}
${link ? html`<a class="button button-secondary" href="${link.path}">${link.label}</a>` : html``}
</section>`
  return renderPage(frame, notice.title, panel)
}

function renderLetterhead({ institution }: PageFrame, text: PageText): Markup {
  if (institution === null) return html`<p class="institution">${text.site}</p>`
  // The first character, whole even where it takes two code units.
  const [initial = ''] = institution
  return html`<span class="seal" aria-hidden="true">${initial}</span>
<p class="letterhead-names"><span class="institution">${institution}</span></p>`
}

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

function renderMark(kind: MarkKind): Markup {
  return html`<svg class="mark mark-${kind}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
<circle class="mark-disc" cx="32" cy="32" r="30"/><path class="mark-stroke" d="${MARKS[kind]}" pathLength="1"/></svg>`
}
