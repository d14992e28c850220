import { PassingError, until } from './step.js'

const TIMEOUT_MS = 20_000
const CHOICE = { channel: 'wechatpay', method: 'native' }

/** The student at the cashier, with a phone: the page's JSON API, and the simulated wallet. */
export class Payer {
  #bursar
  #cashierUrl
  #api

  constructor(bursar, cashierUrl) {
    const url = new URL(cashierUrl)
    this.#bursar = bursar
    this.#cashierUrl = cashierUrl
    this.#api = `${url.origin}/cashier/api/${url.pathname.split('/').at(-1)}`
  }

  view() {
    return until('the cashier to show what is to be paid', () => this.#ask(''), {
      look: this.#cashierUrl,
    })
  }

  /** Chooses WeChat Pay; asking twice is harmless, a second tap joins the first. */
  choose() {
    return until(
      'the cashier to show a QR code',
      async (saw) => {
        const view = await this.#ask('/pay', { method: 'POST', body: JSON.stringify(CHOICE) })
        saw(`${view.status}, payment ${view.payment?.status}`)
        return view.payment?.action?.type === 'show_qr' ? view : undefined
      },
      { look: this.#cashierUrl },
    )
  }

  /** Scans and confirms, and waits until the cashier says so. */
  confirm(checkout) {
    const confirmed = new Set()
    return until(
      'the cashier to show "paid"',
      async (saw) => {
        const view = await this.#ask('')
        saw(`${view.status}, payment ${view.payment?.status}`)
        if (view.status === 'paid') return view
        // An order that was lost in a crash ends without money; then the student simply scans a new one.
        if (view.status === 'open' || view.status === 'failed') await this.choose()
        await this.#playPhone(checkout, confirmed)
        return undefined
      },
      { look: this.#cashierUrl },
    )
  }

  async #playPhone(checkout, confirmed) {
    const { data } = await this.#bursar.payments.list({ checkout })
    const payment = data.find(({ status, id }) => status === 'pending' && !confirmed.has(id))
    if (!payment) return
    await this.#bursar.testHelpers.payments.simulate(payment.id, { action: 'pay' })
    confirmed.add(payment.id)
  }

  async #ask(path, init = {}) {
    const response = await fetch(`${this.#api}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text)
    const { retryable } = response.status >= 500 ? { retryable: true } : JSON.parse(text)
    const message = `the cashier answers ${response.status}: ${text}`
    throw retryable ? new PassingError(message) : new Error(message)
  }
}
