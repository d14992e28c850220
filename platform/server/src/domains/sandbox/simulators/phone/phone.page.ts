import { html, type Markup } from '../../../../infra/http/html.js'
import { toMajorText } from '../../../../kernel/money.js'
import { NOTIFY_BEHAVIOURS, type PlayAction } from '../simulator-play.js'
import { PHONE_TEXTS, type PhoneLanguage, type PhoneText } from './phone.text.js'
import type { PhoneBrand, PhoneOrder, PhoneReturn } from './phone.types.js'

export interface PhonePage {
  readonly brand: PhoneBrand
  readonly language: PhoneLanguage
  /** Path of the page, with the prefix that the application sits behind. */
  readonly path: string
}

export interface OrderPage extends PhonePage {
  readonly code: string
  readonly order: PhoneOrder
  /** What the tester just did, to say that it worked. */
  readonly done: PlayAction | null
  readonly back: PhoneReturn | null
}

/** Long enough to read what happened, as the companies' own result pages do. */
const RETURN_SECONDS = 3

const ICONS = {
  check: icon('M5 13l4.5 4.5L19.5 7'),
  cross: icon('M6.5 6.5l11 11M17.5 6.5l-11 11'),
  shop: icon('M5 10v9h14v-9M3.5 10L5.5 5h13l2 5zM10 19v-5h4v5'),
  clock: icon('M12 7v5.5l3.5 2M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17z'),
}

export function renderOrder(page: OrderPage): string {
  const text = PHONE_TEXTS[page.language]
  const { order } = page
  const path = `${page.path}/${page.code}`
  return render(
    page,
    path,
    html`${renderDone(page, text)}
<section class="card">
  <div class="head">${renderHead(order, text)}
    <p class="amount"><span>¥</span>${toMajorText(order.amount)}</p>
    ${renderHint(order, text)}
  </div>
  ${renderFacts(page, text)}
</section>
<form method="post" action="${path}">
  <input type="hidden" name="lang" value="${page.language}">
  <label>${text.notify}<select name="notify">${NOTIFY_BEHAVIOURS.map(
    (behaviour) => html`<option value="${behaviour}">${text[`notify_${behaviour}`]}</option>`,
  )}</select></label>
  ${renderButtons(order, text)}
</form>
${renderBack(page, text)}`,
    renderAutomaticReturn(page),
  )
}

/** A page that can only say why there is nothing to pay here. */
export function renderRefusal(page: PhonePage, title: string, message: string): string {
  return render(
    page,
    page.path,
    html`<section class="card"><div class="head"><div class="badge bad">${ICONS.cross}</div>
  <h1>${title}</h1><p class="hint">${message}</p></div></section>`,
  )
}

function render(page: PhonePage, path: string, main: Markup, head: Markup = html``): string {
  const text = PHONE_TEXTS[page.language]
  const other = page.language === 'zh' ? 'en' : 'zh'
  const title = page.brand.title[page.language]
  return html`<!doctype html>
<html lang="${text.html_lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#ededed">
<title>${title}</title>
<link rel="stylesheet" href="${page.path}/assets/phone.css">${head}
</head>
<body>
<div class="ribbon" role="note">${text.simulated}</div>
<main>
<header><span class="brand">${title}</span>
<a href="${path}?lang=${other}" lang="${other}">${text.other_language}</a></header>
${main}
</main>
</body>
</html>
`.text
}

function renderHead(order: PhoneOrder, text: PhoneText): Markup {
  switch (order.state) {
    case 'paid':
    case 'refunded':
      return html`<div class="badge">${ICONS.check}</div><h1>${text[`state_${order.state}`]}</h1>`
    case 'closed':
      return html`<div class="badge quiet">${ICONS.clock}</div><h1>${text.state_closed}</h1>`
    case 'refused':
      return html`<div class="badge bad">${ICONS.cross}</div><h1>${text.state_refused}</h1>`
    case 'waiting':
      return html`<div class="badge">${ICONS.shop}</div><h1>${order.merchant_name}</h1>`
  }
}

function renderHint({ state }: PhoneOrder, text: PhoneText): Markup {
  if (state === 'waiting' || state === 'paid') return html``
  return html`<p class="hint">${text[`hint_${state}`]}</p>`
}

function renderDone({ order, done }: OrderPage, text: PhoneText): Markup {
  if (done === 'abandon') return html`<p class="note" role="status">${text.done_abandon}</p>`
  if (done === 'pay' && isPaid(order)) {
    return html`<p class="note" role="status">${text.done_notified}</p>`
  }
  return html``
}

function renderFacts({ brand, language, order }: OrderPage, text: PhoneText): Markup {
  const fact = (name: string, value: string, style = '') =>
    html`<div><dt>${name}</dt><dd class="${style}">${value}</dd></div>`
  return html`<dl>
  ${fact(text.merchant, order.merchant_name)}
  ${fact(text.description, order.description)}
  ${fact(text.order_no, order.order_no, 'mono')}
  ${order.transaction_no === null ? fact(text.method, brand.method[language]) : fact(text.transaction_no, order.transaction_no, 'mono')}
  ${order.paid_at === null ? html`` : fact(text.paid_at, order.paid_at)}
  </dl>`
}

function renderButtons(order: PhoneOrder, text: PhoneText): Markup {
  const button = (action: PlayAction, label: string, style: string) =>
    html`<button name="action" value="${action}" class="${style}">${label}</button>`
  if (isPaid(order)) return button('pay', text.notify_again, '')
  if (order.state === 'closed') return button('pay', text.pay_late, '')
  return html`${button('pay', text.pay, 'primary')}
  ${button('refuse', text.refuse, '')}
  ${button('abandon', text.abandon, 'plain')}`
}

/** A form that leaves by POST waits for a click: sending it alone would need a script. */
function renderBack({ back }: OrderPage, text: PhoneText): Markup {
  if (!back) return html``
  if (back.method === 'GET') return html`<a class="back" href="${back.url}">${text.back}</a>`
  return html`<form class="back" method="post" action="${back.url}">
  ${Object.entries(back.fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}
  <button>${text.back}</button>
</form>`
}

function renderAutomaticReturn({ back, done }: OrderPage): Markup {
  if (back?.method !== 'GET' || done === null) return html``
  return html`
<meta http-equiv="refresh" content="${String(RETURN_SECONDS)};url=${back.url}">`
}

function isPaid({ state }: PhoneOrder): boolean {
  return state === 'paid' || state === 'refunded'
}

function icon(path: string): Markup {
  return html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
 stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${path}"/></svg>`
}
