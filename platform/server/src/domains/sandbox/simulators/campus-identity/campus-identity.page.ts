import { html, type Markup } from '../../../../infra/http/html.js'
import { CAMPUS_TEXTS, type CampusLanguage, type CampusText } from './campus-identity.text.js'
import type { Person } from './campus-identity.types.js'

export interface SignInPage {
  readonly language: CampusLanguage
  /** The authorization request, kept in the form from page to page. */
  readonly request: Readonly<Record<string, string>>
  readonly people: readonly Person[]
}

export function renderSignIn({ language, request, people }: SignInPage): string {
  const text = CAMPUS_TEXTS[language]
  const other = language === 'zh' ? 'en' : 'zh'
  const query = new URLSearchParams({ ...request, lang: other })
  const hidden = Object.entries(request).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return render(
    text,
    html`<a class="language" href="?${query.toString()}" lang="${other}">${text.other_language}</a>
<form method="post">
  ${hidden}
  ${people.length === 0 ? html`` : renderPeople(people, text)}
  <label for="number">${text.number}</label>
  <input id="number" name="number" autocomplete="off" spellcheck="false" maxlength="64"
    aria-describedby="hint"${people.length === 0 ? html` autofocus` : html``}>
  <p id="hint" class="hint">${text.number_hint}</p>
  <label for="name">${text.name}</label>
  <input id="name" name="name" autocomplete="off" maxlength="100">
  <button class="primary" name="action" value="sign_in">${text.sign_in}</button>
  <button class="plain" name="action" value="cancel">${text.cancel}</button>
</form>`,
  )
}

export function renderRefusal(
  language: CampusLanguage,
  reason: 'bad_client' | 'bad_request',
): string {
  const text = CAMPUS_TEXTS[language]
  return render(text, html`<h2>${text.refused}</h2><p>${text[reason]}</p>`)
}

function renderPeople(people: readonly Person[], text: CampusText): Markup {
  return html`<fieldset><legend>${text.pick}</legend>${people.map(
    ({ number, name }) => html`<button class="person" name="picked" value="${number}">
<span>${number}</span><span class="name">${name}</span></button>`,
  )}</fieldset>`
}

function render(text: CampusText, main: Markup): string {
  return html`<!doctype html>
<html lang="${text.html_lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${text.title}</title>
<link rel="stylesheet" href="/campus-identity/assets/campus.css">
</head>
<body>
<p class="ribbon" role="note">${text.simulated}</p>
<main><h1>${text.title}</h1><p class="lead">${text.lead}</p>
${main}
</main>
</body>
</html>
`.text
}
