import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Harness, MERCHANT_ID, startHarness, unpack } from './unionpay-merchant.harness.js'

const FRONT = '/gateway/api/frontTransReq.do'
const BACK = '/gateway/api/backTransReq.do'
const QUERY = '/gateway/api/queryTrans.do'
const HOUR_MS = 3_600_000
let harness: Harness
let counter = 0

beforeAll(async () => {
  harness = await startHarness()
})
afterEach(() => harness.clearFaults())
afterAll(() => harness.stop())

const newNo = () => {
  counter += 1
  return `ORDER${Date.now()}${String(counter).padStart(4, '0')}`
}

async function opened(changes: Record<string, string> = {}) {
  const orderId = newNo()
  const txnTime = harness.txnTime()
  const fields = harness.signed(harness.form(orderId, txnTime, changes))
  const response = await harness.post(FRONT, fields)
  expect(response.status).toBe(303)
  return { orderId, txnTime, fields, page: response.headers.get('location') ?? '' }
}
async function paid(changes: Record<string, string> = {}) {
  const order = await opened(changes)
  await harness.play(order.orderId, 'pay', 'lost')
  const { answer } = await query(order)
  return { ...order, queryId: answer.queryId ?? '' }
}
const query = ({ orderId, txnTime }: { orderId: string; txnTime: string }) =>
  harness.call(QUERY, harness.query(orderId, txnTime))
async function settled(orderId: string, txnTime: string) {
  for (;;) {
    const { answer } = await harness.call(QUERY, harness.query(orderId, txnTime))
    if (answer.origRespCode === '00') return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the page', () => {
  test('exists from when the browser arrives with a signed form, and the same form is the same page', async () => {
    const orderId = newNo()
    const txnTime = harness.txnTime()
    expect((await query({ orderId, txnTime })).answer.respCode).toBe('34')
    const fields = harness.signed(harness.form(orderId, txnTime))
    const first = await harness.post(FRONT, fields)
    const second = await harness.post(FRONT, fields)
    expect(first.headers.get('location')).toMatch(/^\/unionpay\/phone\/\w+$/)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(await query({ orderId, txnTime })).toMatchObject({
      is_signed: true,
      answer: { respCode: '00', origRespCode: '05', txnAmt: '10000', reqReserved: 'T1' },
    })
  })

  test.each([
    ['an altered amount', { txnAmt: '1' }, '11'],
    ['the serial number of another certificate', { certId: '42' }, '11'],
    ['a stranger', { merId: '777290058119999' }, '31'],
    ['a form without a signature', { signature: '' }, '13'],
  ])('refuses %s', async (_, changes, code) => {
    const orderId = newNo()
    const fields = { ...harness.signed(harness.form(orderId, harness.txnTime())), ...changes }
    const response = await harness.post(FRONT, fields)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`respCode=${code}`)
    expect((await harness.play(orderId, 'pay')).status).toBe(404)
  })

  test.each([
    ['a wrong currency', { currencyCode: '840' }, '10'],
    ['an amount of nothing', { txnAmt: '0' }, '10'],
    ['a missing amount', { txnAmt: '' }, '13'],
    ['a time that is over', { payTimeout: '20200101000000' }, '10'],
  ])('refuses a signed form with %s', async (_, changes, code) => {
    const { txnAmt = '10000', ...form } = harness.form(newNo(), harness.txnTime(), changes)
    const fields = harness.signed(txnAmt === '' ? form : { ...form, txnAmt })
    const response = await harness.post(FRONT, fields)
    expect(await response.text()).toContain(`respCode=${code}`)
  })

  test('refuses another form under the name of the first', async () => {
    const { orderId, txnTime } = await opened()
    const other = harness.signed(harness.form(orderId, txnTime, { txnAmt: '10001' }))
    expect(await (await harness.post(FRONT, other)).text()).toContain('respCode=12')
  })

  test('is shown in both languages, without a script, with what is paid', async () => {
    const { page } = await opened({ orderDesc: '<b>学费</b>' })
    for (const [lang, word] of [
      ['zh', '银联在线支付'],
      ['en', 'UnionPay (simulated)'],
    ] as const) {
      const response = await fetch(`${harness.base()}${page}?lang=${lang}`)
      const html = await response.text()
      expect(html).toContain(word)
      expect(html).toContain('100.00')
      expect(html).not.toMatch(/<script|<b>学费/)
      expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe-inline/)
    }
  })

  test('sends the browser back by a form that UnionPay signed, once it is paid', async () => {
    const { page, orderId } = await opened()
    const url = harness.base() + page
    expect(await (await fetch(url)).text()).not.toContain('localhost:3000/return')
    const body = new URLSearchParams({ action: 'pay', notify: 'lost' })
    const html = await (await fetch(url, { method: 'POST', body })).text()
    expect(html).toContain('action="http://localhost:3000/return"')
    const inputs = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
    const fields = Object.fromEntries(
      inputs.map(([, name = '', value = '']) => [name, unescaped(value)]),
    )
    const { lang: _, ...form } = fields
    expect(form).toMatchObject({ orderId, respCode: '00', merId: MERCHANT_ID })
    expect(harness.isSigned(form)).toBe(true)
  })

  test('is opened by the control as a browser would', async () => {
    const fields = harness.signed(harness.form(newNo(), harness.txnTime()))
    const url = `http://localhost:3100/unionpay${FRONT}`
    const answer = await harness.control('/orders/open', { url, fields })
    expect(answer).toMatchObject({ status: 200, body: { location: expect.any(String) } })
    const wrong = await harness.control('/orders/open', { url, fields: { ...fields, txnAmt: '1' } })
    expect(wrong).toMatchObject({ status: 409, body: { code: 'page_refused', status: 400 } })
  })
})

describe('a payment', () => {
  test('is done, and both a query and a notification say so', async () => {
    const order = await opened()
    await harness.play(order.orderId, 'pay')
    const { answer } = await query(order)
    expect(answer).toMatchObject({ origRespCode: '00', queryId: expect.stringMatching(/^\d{21}$/) })
    const [notice = {}] = await harness.receiver.waitFor(order.orderId, 1)
    expect(harness.isSigned(notice)).toBe(true)
    const { traceTime = '', queryId = '', settleDate = '' } = answer
    expect(notice).toMatchObject({ txnType: '01', respCode: '00', queryId, traceTime, settleDate })
    expect(notice.txnTime).toBe(order.txnTime)
  })

  test('that was refused has failed, and can be tried again', async () => {
    const order = await opened()
    await harness.play(order.orderId, 'refuse')
    expect((await query(order)).answer.origRespCode).toBe('64')
    await harness.play(order.orderId, 'pay', 'lost')
    expect((await query(order)).answer.origRespCode).toBe('00')
    expect((await harness.play(order.orderId, 'refuse')).status).toBe(409)
  })

  test('that nobody makes waits', async () => {
    const order = await opened()
    await harness.play(order.orderId, 'abandon')
    expect((await query(order)).answer.origRespCode).toBe('05')
  })

  test('is notified again until the merchant answers 200', async () => {
    const order = await opened()
    harness.receiver.answers.push(500)
    await harness.play(order.orderId, 'pay')
    expect(await harness.receiver.waitFor(order.orderId, 2)).toHaveLength(2)
  })

  test('survives a new application on the same database', async () => {
    const order = await opened()
    await harness.restart()
    await harness.play(order.orderId, 'pay')
    const [notice = {}] = await harness.receiver.waitFor(order.orderId, 1)
    expect(harness.isSigned(notice)).toBe(true)
  })
})

describe('a notification', () => {
  test.each([
    ['forged', (notice: Record<string, string>) => !harness.isSigned(notice)],
    ['probe', (notice: Record<string, string>) => notice.signature === undefined],
    ['wrong_amount', (notice: Record<string, string>) => notice.txnAmt === '10001'],
    ['wrong_merchant', (notice: Record<string, string>) => notice.merId !== MERCHANT_ID],
  ])('may be %s', async (behaviour, holds) => {
    const order = await opened()
    await harness.play(order.orderId, 'pay', behaviour)
    const [notice = {}] = await harness.receiver.waitFor(order.orderId, 1)
    expect(holds(notice)).toBe(true)
    const isGenuine = behaviour.startsWith('wrong_')
    expect(harness.isSigned(notice)).toBe(isGenuine)
  })

  test('may come twice, late, or never', async () => {
    const [twice, late, never] = [await opened(), await opened(), await opened()]
    await harness.play(twice.orderId, 'pay', 'duplicate')
    await harness.play(never.orderId, 'pay', 'lost')
    const [first, second] = await harness.receiver.waitFor(twice.orderId, 2)
    expect(first).toEqual(second)
    const startedAt = Date.now()
    await harness.play(late.orderId, 'pay', 'late')
    await harness.receiver.waitFor(late.orderId, 1)
    expect(Date.now() - startedAt).toBeGreaterThan(400)
    expect(harness.receiver.of(never.orderId)).toHaveLength(0)
  })

  test('may follow that of the refund', async () => {
    const order = await opened()
    await harness.play(order.orderId, 'pay', 'reordered')
    const { answer } = await query(order)
    const refundId = newNo()
    await harness.call(BACK, harness.refund(refundId, harness.txnTime(), answer.queryId ?? '', '1'))
    await harness.receiver.waitFor(refundId, 1)
    expect(harness.receiver.of(order.orderId)).toHaveLength(0)
    await harness.receiver.waitFor(order.orderId, 1)
  })

  test('may be arranged as a fault', async () => {
    const order = await opened()
    await harness.fault('notify_probe', order.orderId, 1)
    await harness.play(order.orderId, 'pay')
    const [notice = {}] = await harness.receiver.waitFor(order.orderId, 1)
    expect(notice.signature).toBeUndefined()
  })
})

describe('a refund', () => {
  test('is accepted, done a moment later, and notified', async () => {
    const order = await paid()
    const refundId = newNo()
    const txnTime = harness.txnTime()
    const request = harness.refund(refundId, txnTime, order.queryId, '4000')
    const accepted = await harness.call(BACK, request)
    expect(accepted).toMatchObject({
      is_signed: true,
      answer: { respCode: '00', orderId: refundId },
    })
    expect(await settled(refundId, txnTime)).toMatchObject({
      ...{ txnAmt: '4000', origQryId: order.queryId, reqReserved: 'R1' },
    })
    const [notice = {}] = await harness.receiver.waitFor(refundId, 1)
    expect(notice).toMatchObject({ txnType: '04', respCode: '00', txnAmt: '4000' })
    expect((await harness.call(BACK, request)).answer.respCode).toBe('12')
  })

  test('never passes what was paid, not even ten at once', async () => {
    const order = await paid()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => {
        const request = harness.refund(newNo(), harness.txnTime(), order.queryId, '1500')
        return harness.call(BACK, request)
      }),
    )
    const codes = answers.map(({ answer }) => answer.respCode).sort()
    expect(codes).toEqual([...Array(6).fill('00'), ...Array(4).fill('33')])
  })

  test('of a payment that is not there is refused, and is no transaction', async () => {
    const refundId = newNo()
    const txnTime = harness.txnTime()
    const request = harness.refund(refundId, txnTime, '0'.repeat(21), '1')
    expect((await harness.call(BACK, request)).answer.respCode).toBe('35')
    expect((await query({ orderId: refundId, txnTime })).answer.respCode).toBe('34')
  })

  test('with a wrong signature is refused before anything is looked at', async () => {
    const order = await paid()
    const request = harness.refund(newNo(), harness.txnTime(), order.queryId, '1')
    const { answer, is_signed } = await harness.call(BACK, { ...request, txnAmt: '2' })
    expect({ respCode: answer.respCode, is_signed }).toEqual({ respCode: '11', is_signed: true })
  })

  test('by cancelling takes back the whole payment, on its day only', async () => {
    const order = await paid()
    const cancel = (txnAmt: string) =>
      harness.refund(newNo(), harness.txnTime(), order.queryId, txnAmt, { txnType: '31' })
    expect((await harness.call(BACK, cancel('9999'))).answer.respCode).toBe('36')
    expect((await harness.call(BACK, cancel('10000'))).answer.respCode).toBe('00')
    expect((await harness.call(BACK, cancel('10000'))).answer.respCode).toBe('33')
    const yesterday = await paid()
    harness.advance(24 * HOUR_MS)
    const late = harness.refund(newNo(), harness.txnTime(), yesterday.queryId, '10000', {
      txnType: '31',
    })
    expect((await harness.call(BACK, late)).answer.respCode).toBe('36')
  })
})

describe('faults', () => {
  test('an order may be refused', async () => {
    await harness.fault('order_refused', null, 1)
    const fields = harness.signed(harness.form(newNo(), harness.txnTime()))
    expect(await (await harness.post(FRONT, fields)).text()).toContain('respCode=32')
    expect((await harness.post(FRONT, fields)).status).toBe(303)
  })

  test.each([
    ['timeout_before_acceptance', '34'],
    ['timeout_after_acceptance', '00'],
  ])('%s leaves the browser without an answer', async (fault, respCode) => {
    const orderId = newNo()
    const txnTime = harness.txnTime()
    await harness.fault(fault, orderId, 1)
    const fields = harness.signed(harness.form(orderId, txnTime))
    await expect(harness.post(FRONT, fields)).rejects.toThrow()
    expect((await query({ orderId, txnTime })).answer.respCode).toBe(respCode)
  })

  test.each([
    ['timeout_before_acceptance', '34'],
    ['timeout_after_acceptance', '00'],
  ])('%s leaves a refund without an answer', async (fault, respCode) => {
    const order = await paid()
    const refundId = newNo()
    const txnTime = harness.txnTime()
    await harness.fault(fault, order.orderId, 1)
    const request = harness.refund(refundId, txnTime, order.queryId, '1')
    await expect(harness.call(BACK, request)).rejects.toThrow()
    expect((await query({ orderId: refundId, txnTime })).answer.respCode).toBe(respCode)
  })

  test('the result of a refund may be unknown, and is known later', async () => {
    const order = await paid()
    await harness.fault('result_unknown', order.orderId, 1)
    const refundId = newNo()
    const txnTime = harness.txnTime()
    const request = harness.refund(refundId, txnTime, order.queryId, '1')
    expect((await harness.call(BACK, request)).answer.respCode).toBe('04')
    expect((await settled(refundId, txnTime)).origRespCode).toBe('00')
  })

  test('a refund may be stuck', async () => {
    const order = await paid()
    await harness.fault('refund_abnormal', order.orderId, 1)
    const refundId = newNo()
    const txnTime = harness.txnTime()
    const request = harness.refund(refundId, txnTime, order.queryId, '1')
    expect((await harness.call(BACK, request)).answer.respCode).toBe('00')
    expect((await query({ orderId: refundId, txnTime })).answer.origRespCode).toBe('04')
  })

  test('the money may arrive after the merchant learned that it was too late', async () => {
    const order = await opened()
    await harness.fault('success_after_close', order.orderId, 1)
    expect((await query(order)).answer.origRespCode).toBe('05')
    harness.advance(HOUR_MS)
    expect((await query(order)).answer.origRespCode).toBe('05')
    await harness.receiver.waitFor(order.orderId, 1)
    expect((await query(order)).answer.origRespCode).toBe('00')
  })
})

describe('the statement', () => {
  /** To nine o'clock and a minute in China of the next day. */
  const toNextMorning = () => {
    const localMs = harness.now().getTime() + 8 * HOUR_MS
    harness.advance(24 * HOUR_MS - (localMs % (24 * HOUR_MS)) + 9 * HOUR_MS + 60_000)
  }
  const fetched = async (settleDate: string) =>
    (await harness.call('/file/', harness.file(settleDate))).answer
  const lines = async (settleDate: string) => unpack((await fetched(settleDate)).fileContent ?? '')

  test('has a line of fixed width for every payment and refund of its day', async () => {
    toNextMorning()
    const settleDate = harness.txnTime().slice(4, 8)
    const order = await paid({ txnAmt: '20000' })
    const refundId = newNo()
    const txnTime = harness.txnTime()
    await harness.call(BACK, harness.refund(refundId, txnTime, order.queryId, '500'))
    await settled(refundId, txnTime)
    expect((await fetched(settleDate)).respCode).toBe('98')
    toNextMorning()
    const [payment = '', refund = '', ...rest] = await lines(settleDate)
    expect(rest).toEqual([])
    expect([payment.length, refund.length]).toEqual([607, 607])
    expect(payment.slice(0, 3)).toBe('S22')
    expect(payment).toContain(` 000000020000 `)
    expect(payment).toContain(` ${order.queryId} `)
    expect(payment).toContain(` D000000000110 `)
    expect(refund.slice(0, 3)).toBe('S30')
    expect(refund).toContain(refundId)
    expect(refund).toContain(order.orderId)
    expect(refund).toContain(` C000000000003 `)

    await harness.fault('statement_late', null, 1)
    expect((await fetched(settleDate)).respCode).toBe('98')
    await harness.fault('statement_short', null, 1)
    expect(await lines(settleDate)).toHaveLength(1)
    await harness.fault('statement_long', null, 1)
    expect(await lines(settleDate)).toHaveLength(3)
    await harness.fault('statement_off_by_a_fen', null, 1)
    expect((await lines(settleDate))[0]).toContain(` 000000020001 `)
  })

  test('of a day without business has no lines', async () => {
    toNextMorning()
    const settleDate = harness.txnTime().slice(4, 8)
    harness.advance(24 * HOUR_MS)
    expect(await lines(settleDate)).toEqual([])
  })
})

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
