import { adminFeeOf } from './courses.js'
import { statusOf } from './facts.js'
import { html, yuan } from './html.js'

/** Pages are functions from what is known to HTML. No script in them but one file, for the status page. */

function page(texts, title, body, { script, isWaiting = false } = {}) {
  return html`<!doctype html>
<html lang="${texts.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
${script && html`<script type="module" src="${script}"></script>`}
${isWaiting && html`<noscript><meta http-equiv="refresh" content="3"></noscript>`}
</head>
<body>
<header><a class="brand" href="/">${texts.title}</a>
<a href="?lang=${texts.other.code}" hreflang="${texts.other.code}">${texts.other.label}</a></header>
<main>${body}</main>
</body>
</html>
`.toString()
}

export function coursesPage(texts, courses) {
  const cards = courses.map(
    ({ course, left }) => html`<li class="card">
<h2>${course.name[texts.code]}</h2>
<p class="facts"><strong>${yuan(course.fee)}</strong><span>${texts.left(left)}</span></p>
${left > 0 && html`<a class="button" href="/courses/${course.code}">${texts.enrol}</a>`}
</li>`,
  )
  const body = html`<h1>${texts.courses}</h1><p>${texts.intro}</p><ul class="cards">${cards}</ul>`
  return page(texts, texts.title, body)
}

export function enrolPage(texts, course, { problem, student_no = '', name = '' } = {}) {
  const title = course.name[texts.code]
  const body = html`<h1>${title}</h1>
<p class="facts">${texts.fee}<strong>${yuan(course.fee)}</strong></p>
${problem && html`<p class="problem" role="alert">${texts.problems[problem]}</p>`}
<form method="post" action="/courses/${course.code}" class="card">
<label>${texts.student_no}
<input name="student_no" value="${student_no}" required pattern="[A-Za-z0-9]{4,20}" autocomplete="off"></label>
<label>${texts.name}
<input name="name" value="${name}" required maxlength="50" autocomplete="name"></label>
<button>${texts.submit}</button>
</form>
<p><a href="/">${texts.back}</a></p>`
  return page(texts, title, body)
}

export function enrolmentPage(texts, enrolment, course, problem) {
  const status = statusOf(enrolment)
  const { payment, withdrawal } = enrolment
  const title = course?.name[texts.code] ?? enrolment.title
  const isWaiting = status === 'waiting' || status === 'refunding'
  const body = html`<h1>${title}</h1>
<section class="card" data-status="${status}" data-poll="${isWaiting && 'yes'}">
<p class="status ${status}" role="status">${texts.status[status]}</p>
<p>${texts.hints[status]}</p>
${problem && html`<p class="problem" role="alert">${texts.problems[problem]}</p>`}
<dl>
<dt>${texts.number}</dt><dd class="number">${enrolment.id}</dd>
<dt>${texts.student_no}</dt><dd>${enrolment.student_no}</dd>
<dt>${texts.name}</dt><dd>${enrolment.name}</dd>
<dt>${texts.fee}</dt><dd>${yuan(enrolment.fee)}</dd>
${withdrawal?.refund && html`<dt>${texts.refund}</dt><dd>${yuan(withdrawal.refund.amount)}</dd>`}
</dl>
${status === 'waiting' && action(enrolment.id, 'pay', texts.pay)}
${status === 'waiting' && action(enrolment.id, 'withdraw', texts.withdraw, 'quiet')}
${status === 'paid' && withdrawalForm(texts, enrolment.id, payment.amount)}
</section>
${eventsOf(texts, enrolment)}
<p><a href="/">${texts.back}</a></p>`
  return page(texts, title, body, { script: '/status.js', isWaiting })
}

function withdrawalForm(texts, id, paid) {
  const kept = adminFeeOf(paid)
  return html`<p class="note">${texts.withdraw_note(yuan(paid - kept), yuan(kept))}</p>
${action(id, 'withdraw', texts.withdraw, 'quiet')}`
}

function action(id, name, label, look = '') {
  return html`<form method="post" action="/enrolments/${id}/${name}"><button class="${look}">${label}</button></form>`
}

function eventsOf(texts, { events }) {
  const lines = events.map(
    ({ id, type, created_at }) =>
      html`<li><code>${type}</code> <time datetime="${created_at}">${created_at}</time> <small>${id}</small></li>`,
  )
  return html`<section class="events"><h2>${texts.events}</h2>
${lines.length > 0 ? html`<ol>${lines}</ol>` : html`<p>${texts.no_events}</p>`}</section>`
}

export function notFoundPage(texts) {
  const body = html`<h1>404</h1><p>${texts.problems.not_found}</p><p><a href="/">${texts.back}</a></p>`
  return page(texts, '404', body)
}
