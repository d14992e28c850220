import { randomUUID } from 'node:crypto'
import { adminFeeOf, placesLeft } from './courses.js'
import { notePayment, noteRefund } from './facts.js'

/**
 * The integration itself: from a name on a form to money in the books, and back.
 *
 * Two habits make it safe, whatever breaks:
 *  1. Numbers first. An enrolment's id is on our disk before the platform hears of it, and every number
 *     that we send (out_bill_no, out_refund_no, idempotency keys) is made from it. So a step that was cut
 *     off is simply done again: under its old number, the platform gives back what it made the first time.
 *  2. `outcome: 'unknown'` is not a failure. We ask by our number, or repeat under it; a *new* number
 *     would make somebody pay, or be paid, twice.
 */
export class Enrolments {
  #bursar
  #store
  #publicUrl

  constructor({ bursar, store, publicUrl }) {
    this.#bursar = bursar
    this.#store = store
    this.#publicUrl = publicUrl
  }

  /** Takes a place. Nothing is sent yet. Undefined when the course is full. */
  enrol(course, { student_no, name }) {
    return this.#store.change(({ enrolments }) => {
      if (placesLeft(course, Object.values(enrolments)) === 0) return undefined
      const enrolment = {
        id: randomUUID(),
        course: course.code,
        title: course.name.zh,
        fee: course.fee,
        student_no,
        name,
        created_at: new Date().toISOString(),
        checkouts: [],
        events: [],
      }
      enrolments[enrolment.id] = enrolment
      return enrolment
    })
  }

  /** Makes whatever is still missing to pay for this enrolment, and returns the cashier's URL. */
  async cashierUrl(id) {
    const { bill, checkouts } = await this.#billed(id)
    const last = checkouts.at(-1)
    if (last) {
      const checkout = await this.#bursar.checkouts.get(last)
      if (checkout.status === 'open' && Date.parse(checkout.expires_at) > Date.now()) {
        return checkout.url
      }
    }
    const checkout = await this.#bursar.checkouts.create(
      { items: [{ bill }], return_url: `${this.#publicUrl}/enrolments/${id}` },
      // A checkout that nobody paid expires after two hours; the next one needs a key of its own.
      { idempotencyKey: `${id}-checkout-${checkouts.length + 1}` },
    )
    this.#note(id, (kept) => {
      if (!kept.checkouts.includes(checkout.id)) kept.checkouts.push(checkout.id)
    })
    return checkout.url
  }

  /** Notes that somebody wants to leave, then gives the money back. */
  async withdraw(id) {
    this.#note(id, (kept) => {
      kept.withdrawal ??= { out_refund_no: `${id}-refund`, asked_at: new Date().toISOString() }
    })
    await this.giveBack(id)
  }

  /** May run any number of times, also after a crash in its middle: see habit 1. */
  async giveBack(id) {
    const { withdrawal, bill } = this.#store.enrolment(id)
    if (!withdrawal || withdrawal.refund || withdrawal.is_cancelled) return
    const payment = await this.findPayment(id)
    if (payment) {
      const refund = (await this.#askForRefund(withdrawal)) ?? (await this.#refund(id, payment))
      this.#note(id, (kept) => noteRefund(kept, refund))
      return
    }
    // Nothing was paid: void what is owed, so that nobody can pay it any more. While somebody is just
    // paying, the platform refuses this, and we come back to it when the payment has ended.
    if (bill) await this.#bursar.bills.void(bill)
    this.#note(id, (kept) => {
      kept.withdrawal.is_cancelled = true
    })
  }

  /** The payment, from our notes or from the platform: the webhook may still be on its way. */
  async findPayment(id) {
    const { payment, checkouts } = this.#store.enrolment(id)
    if (payment) return payment
    for (const checkout of checkouts) {
      const { data } = await this.#bursar.payments.list({ checkout, status: 'succeeded' })
      if (data[0]) return this.#note(id, (kept) => notePayment(kept, data[0])).payment
    }
    return undefined
  }

  /** What became of a refund that we heard nothing of. */
  async refreshRefund(id) {
    const { withdrawal } = this.#store.enrolment(id)
    const refund = await this.#bursar.refunds.get(withdrawal.refund.id)
    this.#note(id, (kept) => noteRefund(kept, refund))
  }

  /** "Did an earlier try arrive after all?" The platform knows our number if it did. */
  async #askForRefund({ out_refund_no }) {
    const { data } = await this.#bursar.refunds.list({ out_refund_no })
    return data[0]
  }

  #refund(id, payment) {
    const { withdrawal } = this.#store.enrolment(id)
    return this.#bursar.refunds.create(
      {
        payment: payment.id,
        out_refund_no: withdrawal.out_refund_no,
        amount: payment.amount - adminFeeOf(payment.amount),
        reason: '退课 withdrawal',
      },
      { idempotencyKey: withdrawal.out_refund_no },
    )
  }

  /** Fee item, payer and bill: what is there already comes back as it is. */
  async #billed(id) {
    const enrolment = this.#store.enrolment(id)
    if (enrolment.bill) return enrolment
    const { student_no, name, fee, title } = enrolment
    const fee_item = await this.#feeItemOf(enrolment)
    const payer = await this.#bursar.payers.create(
      { kind: 'student', number_type: 'student_no', number: student_no, name },
      { idempotencyKey: `${id}-payer` },
    )
    const bill = await this.#bursar.bills.create(
      { payer: payer.id, fee_item, out_bill_no: id, amount: fee, title },
      { idempotencyKey: `${id}-bill` },
    )
    return this.#note(id, (kept) => {
      kept.bill = bill.id
    })
  }

  /** One fee item per course: its code is the course's, and the platform keeps codes unique. */
  async #feeItemOf({ course, title }) {
    const known = this.#store.data.fee_items[course]
    if (known) return known
    const item = await this.#bursar.feeItems.create({ code: course, name: title, kind: 'other' })
    this.#store.change(({ fee_items }) => {
      fee_items[course] = item.id
    })
    return item.id
  }

  /** Changes one enrolment on the disk and returns it. */
  #note(id, edit) {
    return this.#store.change(({ enrolments }) => {
      edit(enrolments[id])
      return structuredClone(enrolments[id])
    })
  }
}
