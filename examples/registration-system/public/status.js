/** Asks every second what has become of the enrolment, and shows the page anew when that has changed. */
const POLL_MS = 1_000
const card = document.querySelector('[data-poll="yes"]')

async function poll() {
  const answer = await fetch(`${location.pathname}.json`, { cache: 'no-store' }).catch(() => null)
  const { status } = answer?.ok ? await answer.json() : { status: card.dataset.status }
  if (status === card.dataset.status) setTimeout(poll, POLL_MS)
  else location.reload()
}

if (card) setTimeout(poll, POLL_MS)
