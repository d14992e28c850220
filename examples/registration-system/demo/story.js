import assert from 'node:assert/strict'
import { Bursar } from '@openbursar/sdk'
import { adminFeeOf, findCourse } from '../src/courses.js'
import { yuan } from '../src/html.js'
import { balancesOf, checkBooks } from './books.js'
import { command } from './command.js'
import { startExampleApp } from './example-app.js'
import { Payer } from './payer.js'
import { step, until } from './step.js'

const COURSE = findCourse('python-2026')
const REFUND = COURSE.fee - adminFeeOf(COURSE.fee)
const RETRIES_MAX = 4

/** The whole story. Every step may be repeated, so a platform that dies in between only delays it. */
export async function playStory(cleanUp, folder) {
  const app = await step('an app is registered, with a key of its own', async (tell) => {
    const made = await until('bursar sandbox create-app to answer', async () =>
      JSON.parse(await command('bursar', 'sandbox', 'create-app', '--json', '--name', 'Demo')),
    )
    tell(made.app_id)
    return made
  })
  const { api_base: baseUrl, key_id: keyId, private_key: privateKey } = app
  const bursar = new Bursar({ baseUrl, keyId, privateKey, maxRetries: RETRIES_MAX })
  const example = await step('the registration system runs', async (tell) => {
    const started = await startExampleApp(cleanUp, folder, app)
    tell(started.url)
    return started
  })
  await step('it has registered its webhook endpoint', () => webhookIsRegistered(bursar, example))

  const { cashierUrl, id } = await enrolAndGoToCashier(example)
  const payer = new Payer(bursar, cashierUrl)
  const checkout = await pay(payer)
  await step('a webhook told the app: the page shows "paid"', (tell) =>
    pageShows(example, id, '已缴费', ['payment.succeeded', 'bill.paid'], 'paid', tell),
  )
  await step(`the student withdraws; ${yuan(REFUND)} goes back`, async () => {
    const { location } = await example.submit(`/enrolments/${id}/withdraw`)
    assert.equal(location, `/enrolments/${id}`, 'where the withdrawal leads to')
  })
  await step('a webhook told the app: the page shows "refunded"', (tell) =>
    pageShows(example, id, '已退款', ['refund.succeeded'], 'refunded', tell),
  )
  await step('one payment, one refund, nothing twice', () => platformAgrees(bursar, checkout))
  await closeBooks(app)
}

function webhookIsRegistered(bursar, { url, log }) {
  return until(
    'the webhook endpoint to be registered',
    async () => {
      const { data } = await bursar.webhookEndpoints.list()
      return data.find((endpoint) => endpoint.url === `${url}/webhooks`)
    },
    { look: log },
  )
}

async function enrolAndGoToCashier(example) {
  await step('the course page shows the course and its fee', async (tell) => {
    const page = await example.page(`/courses/${COURSE.code}`)
    assert.ok(page.includes(yuan(COURSE.fee)), 'the page shows the fee')
    tell(`${COURSE.name.zh} ${yuan(COURSE.fee)}`)
  })
  return step('a student enrols and is sent to the cashier', async (tell) => {
    const student_no = `2026${Math.floor(Math.random() * 1e8)}`
    let answer = await example.submit(`/courses/${COURSE.code}`, { student_no, name: '张三丰' })
    // "The cashier cannot be reached": the place is kept, and the page has a button to try again.
    const [, again] = /action="(\/enrolments\/[\w-]+\/pay)"/.exec(answer.text) ?? []
    const cashierUrl = await until(
      'to be sent to the cashier',
      async () => {
        if (!answer.location && again) answer = await example.submit(again)
        return answer.location ?? undefined
      },
      { look: example.log },
    )
    const { return_url } = await new Payer(null, cashierUrl).view()
    tell(new URL(cashierUrl).pathname)
    return { cashierUrl, id: return_url.split('/').at(-1) }
  })
}

/** Returns the checkout that was paid. */
async function pay(payer) {
  const { reference } = await step('the cashier shows the bill', async (tell) => {
    const view = await payer.view()
    assert.equal(view.amount, COURSE.fee, 'the amount at the cashier')
    tell(`${view.title} ${yuan(view.amount)}`)
    return view
  })
  await step('the student chooses WeChat Pay: a QR code', () => payer.choose())
  await step('the phone scans and confirms; the cashier says paid', () => payer.confirm(reference))
  return reference
}

/** The page changes by itself, because the events arrived: they are on the page, each once. */
async function pageShows(example, id, text, expectedTypes, expectedStatus, tell) {
  const { events } = await until(
    `the page to show "${text}" after ${expectedTypes.join(' and ')}`,
    async (saw) => {
      const enrolment = await example.enrolment(id)
      const types = enrolment.events.map(({ type }) => type)
      saw(`${enrolment.status}, events: ${types.join(', ') || 'none'}`)
      const hasAll = expectedTypes.every((type) => types.includes(type))
      return enrolment.status === expectedStatus && hasAll ? enrolment : undefined
    },
    { look: `${example.log} and the worker's log` },
  )
  assert.equal(new Set(events.map((event) => event.id)).size, events.length, 'no event twice')
  assert.ok((await example.page(`/enrolments/${id}`)).includes(text), `the page says ${text}`)
  tell(expectedTypes.join(', '))
}

async function platformAgrees(bursar, checkout) {
  const payments = await bursar.payments
    .list({ checkout, status: 'succeeded' })
    .toArray({ limit: 10 })
  assert.equal(payments.length, 1, 'payments that succeeded')
  const refunds = await bursar.refunds.list({ payment: payments[0].id }).toArray({ limit: 10 })
  const given = refunds.map(({ amount, status }) => ({ amount, status }))
  assert.deepEqual(given, [{ amount: REFUND, status: 'succeeded' }], 'refunds')
  assert.equal(payments[0].amount_refunded, REFUND, 'the amount refunded of the payment')
}

async function closeBooks({ department_id }) {
  const balances = await step('the ledger says what the department is owed', async () => {
    const found = await balancesOf(department_id)
    const owed = yuan(COURSE.fee - REFUND).slice(1)
    assert.deepEqual(
      found.map(({ balance }) => balance),
      [`-${owed} CNY`],
      'what the platform owes the department (credits are negative)',
    )
    return found
  })
  await step('npm run check:books: balanced', () => checkBooks())
  console.log('\n  Balances of the department (credits are negative):')
  for (const { account, balance } of balances)
    console.log(`    ${balance.padStart(14)}  ${account}`)
}
