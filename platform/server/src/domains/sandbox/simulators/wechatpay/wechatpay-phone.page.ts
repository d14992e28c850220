import { html, type Markup } from '../../../../infra/http/html.js'
import { toMajorText } from '../../../../kernel/money.js'
import { isPaid } from './wechatpay.orders.js'
import { NOTIFY_BEHAVIOURS, type Play } from './wechatpay.payer.js'
import type { OrderRecord } from './wechatpay.types.js'
import { PHONE_TEXTS, type PhoneLanguage, type PhoneText } from './wechatpay-phone.text.js'

export interface PhonePage {
  readonly language: PhoneLanguage
  /** Path of this application before `/wechatpay/phone`, when it sits behind a prefix. */
  readonly basePath: string
}

export interface OrderPage extends PhonePage {
  readonly order: OrderRecord
  readonly merchant_name: string
  /** What the tester just did, to say that it worked. */
  readonly done: Play['action'] | null
}

const ICONS = {
  check: icon('M5 13l4.5 4.5L19.5 7'),
  cross: icon('M6.5 6.5l11 11M17.5 6.5l-11 11'),
  shop: icon('M5 10v9h14v-9M3.5 10L5.5 5h13l2 5zM10 19v-5h4v5'),
  clock: icon('M12 7v5.5l3.5 2M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17z'),
}

export function renderOrder(page: OrderPage): string {
  const text = PHONE_TEXTS[page.language]
  const { order } = page
  const path = `${page.basePath}/wechatpay/phone/${order.code}`
  return render(
    page,
    path,
    html`${renderDone(page, text)}
<section class="card">
  <div class="head">${renderHead(page, text)}
    <p class="amount"><span>¥</span>${toMajorText(BigInt(order.total))}</p>
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
</form>`,
  )
}

/** A page that can only say why there is nothing to pay here. */
export function renderRefusal(page: PhonePage, title: string, message: string): string {
  return render(
    page,
    `${page.basePath}/wechatpay/phone`,
    html`<section class="card"><div class="head"><div class="badge bad">${ICONS.cross}</div>
  <h1>${title}</h1><p class="hint">${message}</p></div></section>`,
  )
}

function render(page: PhonePage, path: string, main: Markup): string {
  const text = PHONE_TEXTS[page.language]
  const other = page.language === 'zh' ? 'en' : 'zh'
  return html`<!doctype html>
<html lang="${text.html_lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#ededed">
<title>${text.title}</title>
<link rel="stylesheet" href="${page.basePath}/wechatpay/phone/assets/phone.css">
</head>
<body>
<div class="ribbon" role="note">${text.simulated}</div>
<main>
<header><span class="brand">${text.title}</span>
<a href="${path}?lang=${other}" lang="${other}">${text.other_language}</a></header>
${main}
</main>
</body>
</html>
`.text
}

function renderHead({ order, merchant_name }: OrderPage, text: PhoneText): Markup {
  switch (order.trade_state) {
    case 'SUCCESS':
    case 'REFUND':
      return html`<div class="badge">${ICONS.check}</div>
    <h1>${text[`state_${order.trade_state}`]}</h1>`
    case 'CLOSED':
      return html`<div class="badge quiet">${ICONS.clock}</div><h1>${text.state_CLOSED}</h1>`
    case 'PAYERROR':
      return html`<div class="badge bad">${ICONS.cross}</div><h1>${text.state_PAYERROR}</h1>`
    case 'NOTPAY':
      return html`<div class="badge">${ICONS.shop}</div><h1>${merchant_name}</h1>`
  }
}

function renderHint({ trade_state }: OrderRecord, text: PhoneText): Markup {
  if (trade_state === 'NOTPAY' || trade_state === 'SUCCESS') return html``
  return html`<p class="hint">${text[`hint_${trade_state}`]}</p>`
}

function renderDone({ order, done }: OrderPage, text: PhoneText): Markup {
  if (done === 'abandon') return html`<p class="note" role="status">${text.done_abandon}</p>`
  if (done === 'pay' && isPaid(order)) {
    return html`<p class="note" role="status">${text.done_notified}</p>`
  }
  return html``
}

function renderFacts({ order, merchant_name }: OrderPage, text: PhoneText): Markup {
  const fact = (name: string, value: string, style = '') =>
    html`<div><dt>${name}</dt><dd class="${style}">${value}</dd></div>`
  return html`<dl>
  ${fact(text.merchant, merchant_name)}
  ${fact(text.description, order.description)}
  ${fact(text.order_no, order.out_trade_no, 'mono')}
  ${order.transaction_id === null ? fact(text.method, text.method_value) : fact(text.transaction_id, order.transaction_id, 'mono')}
  ${order.success_time === null ? html`` : fact(text.paid_at, order.success_time.replace('T', ' ').slice(0, 19))}
  </dl>`
}

function renderButtons(order: OrderRecord, text: PhoneText): Markup {
  const button = (action: Play['action'], label: string, style: string) =>
    html`<button name="action" value="${action}" class="${style}">${label}</button>`
  if (isPaid(order)) return button('pay', text.notify_again, '')
  if (order.trade_state === 'CLOSED') return button('pay', text.pay_late, '')
  return html`${button('pay', text.pay, 'primary')}
  ${button('refuse', text.refuse, '')}
  ${button('abandon', text.abandon, 'plain')}`
}

function icon(path: string): Markup {
  return html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
 stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${path}"/></svg>`
}
