import { BursarError } from '@openbursar/sdk'
import { COURSES, findCourse, placesLeft } from './courses.js'
import { statusOf } from './facts.js'
import { coursesPage, enrolmentPage, enrolPage } from './pages.js'
import { json, redirect, show } from './replies.js'
import { receiveWebhook } from './webhook.js'

/**
 * What each request means; what it does is decided elsewhere. The names are `METHOD /path`, where `:id` is a
 * part of the path. A handler that answers undefined found nothing under that id.
 */
export function createRoutes({ store, enrolments }) {
  return {
    'GET /': ({ texts }) => {
      const all = Object.values(store.data.enrolments)
      const courses = COURSES.map((course) => ({ course, left: placesLeft(course, all) }))
      return show(coursesPage(texts, courses))
    },
    'GET /courses/:id': ({ texts, id }) => {
      const course = findCourse(id)
      return course && show(enrolPage(texts, course))
    },
    'POST /courses/:id': async ({ texts, id, body }) => {
      const course = findCourse(id)
      if (!course) return undefined
      const form = readForm(body)
      const enrolment = form.isValid && enrolments.enrol(course, form)
      if (enrolment) return toCashier(texts, enrolment.id)
      const problem = form.isValid ? 'full' : 'invalid'
      return show(enrolPage(texts, course, { ...form, problem }), form.isValid ? 409 : 400)
    },
    'GET /enrolments/:id': ({ texts, id }) => showEnrolment(texts, id),
    'GET /enrolments/:id.json': ({ id }) => {
      const enrolment = store.enrolment(id)
      return enrolment && json({ status: statusOf(enrolment), events: enrolment.events })
    },
    'POST /enrolments/:id/pay': ({ texts, id }) => {
      const enrolment = store.enrolment(id)
      if (!enrolment) return undefined
      // An old tab: what is paid or cancelled is not to be paid.
      const isWaiting = statusOf(enrolment) === 'waiting'
      return isWaiting ? toCashier(texts, id) : redirect(`/enrolments/${id}`)
    },
    'POST /enrolments/:id/withdraw': async ({ id }) => {
      if (!store.enrolment(id)) return undefined
      // It is noted. If the call fails now, the safety net does it; the page shows how far it is.
      await enrolments
        .withdraw(id)
        .catch((error) => console.warn(`withdraw ${id}: ${error.message}`))
      return redirect(`/enrolments/${id}`)
    },
    'POST /webhooks': async ({ body, headers }) => {
      await receiveWebhook(store, body, headers)
      return { status: 204 }
    },
  }

  function showEnrolment(texts, id, problem, status) {
    const enrolment = store.enrolment(id)
    return (
      enrolment &&
      show(enrolmentPage(texts, enrolment, findCourse(enrolment.course), problem), status)
    )
  }

  /** To the cashier, or back to the enrolment's page with what is wrong and a button to try again. */
  async function toCashier(texts, id) {
    try {
      return redirect(await enrolments.cashierUrl(id))
    } catch (error) {
      if (!(error instanceof BursarError)) throw error
      console.warn(`pay ${id}: ${error.code} (${error.requestId ?? 'no answer'}): ${error.message}`)
      if (error.code !== 'payer_conflict') return showEnrolment(texts, id, 'unavailable', 503)
      // Trying again would not help: the place goes to somebody else.
      await enrolments.withdraw(id)
      return showEnrolment(texts, id, 'payer_conflict', 409)
    }
  }
}

function readForm(body) {
  const form = new URLSearchParams(body.toString())
  const student_no = (form.get('student_no') ?? '').trim()
  const name = (form.get('name') ?? '').trim()
  const isValid = /^[A-Za-z0-9]{4,20}$/.test(student_no) && name !== '' && name.length <= 50
  return { student_no, name, isValid }
}
