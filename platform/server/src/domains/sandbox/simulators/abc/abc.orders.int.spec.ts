import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import iconv from 'iconv-lite'
import {
  detailOf,
  type Harness,
  MERCHANT_ID,
  newNo,
  payReq,
  queryReq,
  startHarness,
} from './abc-merchant.harness.js'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const place = (no: string, changes: Record<string, unknown> = {}) =>
  harness.call(payReq(no, harness.receiver.url, changes))
const placed = async (changes: Record<string, unknown> = {}) => {
  const no = newNo()
  const answer = await place(no, changes)
  expect(answer.response.ReturnCode).toBe('0000')
  return no
}
const codeOf = async (request: object) => (await harness.call(request)).response.ReturnCode

describe('an order at the simulated bank', () => {
  test('gets a page, in an answer that the bank signed', async () => {
    const no = newNo()
    const answer = await place(no)
    expect(answer).toMatchObject({ is_signed: true, merchant_id: MERCHANT_ID })
    expect(answer.response).toMatchObject({
      ReturnCode: '0000',
      TrxType: 'PayReq',
      OrderNo: no,
      OrderAmount: '10.00',
      PaymentURL: expect.stringMatching(/^http:\/\/localhost:3100\/abc\/pay\/\w{24}$/),
    })
  })

  test('gets a code to scan instead, when it asks for one', async () => {
    const request = { ...payReq(newNo(), harness.receiver.url), TrxType: 'OLScanPayOrderReq' }
    const { response } = await harness.call(request)
    expect(response.QRCode).toMatch(/\/abc\/pay\/\w{24}$/)
    expect(response.PaymentURL).toBeUndefined()
  })

  test('sent again with the same words is the same order, with others it is refused', async () => {
    const no = newNo()
    const first = await place(no)
    expect((await place(no)).response.PaymentURL).toBe(first.response.PaymentURL)
    expect((await place(no, { OrderAmount: '10.01' })).response.ReturnCode).toBe('E006')
    expect(detailOf(await harness.call(queryReq(no)))).toMatchObject({ OrderAmount: '10.00' })
  })

  test('is not paid, then paid, and is not placed again', async () => {
    const no = await placed()
    expect(detailOf(await harness.call(queryReq(no))).Status).toBe('01')
    await harness.play(no, 'pay', 'lost')
    expect(detailOf(await harness.call(queryReq(no)))).toMatchObject({
      Status: '04',
      OrderDesc: '学费',
      iRspRef: expect.stringMatching(/^9RECEP\d{14}$/),
      HostDate: expect.stringMatching(/^\d{4}\/\d\d\/\d\d$/),
      HostTime: expect.stringMatching(/^\d\d:\d\d:\d\d$/),
    })
    expect((await place(no)).response.ReturnCode).toBe('E002')
  })

  test('whose payer was refused stays so', async () => {
    const no = await placed()
    await harness.play(no, 'refuse')
    expect(detailOf(await harness.call(queryReq(no))).Status).toBe('99')
    expect((await harness.play(no, 'pay')).status).toBe(409)
  })

  test('ends when its time runs out, unless the money was on its way', async () => {
    const until = new Date(harness.clock.now().getTime() + 8 * 3_600_000 + 60_000)
    const orderTimeoutDate = until.toISOString().slice(0, 19).replace(/\D/g, '')
    const [left, late] = [await placed({ orderTimeoutDate }), await placed({ orderTimeoutDate })]
    const race = await placed({ orderTimeoutDate })
    await harness.fault('success_after_close', race, 1)
    harness.clock.advance(120_000)
    expect(await codeOf(queryReq(left))).toBe('E003')
    await harness.play(late, 'pay', 'lost')
    expect(detailOf(await harness.call(queryReq(late))).Status).toBe('04')
    expect(detailOf(await harness.call(queryReq(race))).Status).toBe('04')
    await harness.receiver.waitFor(race, 1)
  })

  test('survives a restart', async () => {
    const no = await placed()
    await harness.restart()
    expect(detailOf(await harness.call(queryReq(no))).Status).toBe('01')
  })

  test('brought by a browser leads to its page, or says why not', async () => {
    const bring = (request: object) =>
      fetch(`${harness.base()}/abc/ebus/ReceiveMerchantIERequestServlet`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `MSG=${escapeBytes(harness.envelopeOf(request))}&errorPage=x`,
        redirect: 'manual',
      })
    const no = newNo()
    const arrived = await bring(payReq(no, harness.receiver.url))
    expect(arrived.status).toBe(303)
    expect(arrived.headers.get('location')).toContain('/abc/pay/')
    expect(detailOf(await harness.call(queryReq(no))).Status).toBe('01')
    const refused = await bring({ TrxType: 'PayReq' })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('APE009')
  })
})

describe('the simulated bank refuses', () => {
  test('what it cannot read', async () => {
    const bodies = ['', '{}', '{"MSG":{}}', '[]', '{"MSG":{"Message":{}}}']
    for (const body of bodies) {
      const answer = await harness.read(await harness.post(Buffer.from(body)))
      expect(answer).toMatchObject({ is_signed: true, response: { ReturnCode: 'APE009' } })
    }
    expect(await codeOf({ TrxType: 'Nonsense' })).toBe('APE009')
    expect(await codeOf(payReq(newNo(), harness.receiver.url, { OrderAmount: '10' }))).toBe(
      'APE009',
    )
  })

  test('a message that was altered after it was signed', async () => {
    const envelope = harness.envelopeOf(payReq(newNo(), harness.receiver.url))
    const altered = iconv.decode(envelope, 'gb18030').replace('10.00', '10.01')
    const answer = await harness.read(await harness.post(iconv.encode(altered, 'gb18030')))
    expect(answer.response.ReturnCode).toBe('APE400')
  })

  test('a merchant it does not know', async () => {
    const answer = await harness.call(queryReq(newNo()), '103881636900099')
    expect(answer.response.ReturnCode).toBe('APE002')
  })

  test('a query of an order that is not there', async () => {
    expect(await codeOf(queryReq(newNo()))).toBe('E001')
    expect((await harness.play(newNo(), 'pay')).status).toBe(404)
  })

  test('to open an account without a certificate', async () => {
    const merchant = { merchant_id: '1', merchant_certificate: 'none' }
    expect((await harness.control('/merchants', merchant)).status).toBe(400)
  })
})

describe('faults of a placed order', () => {
  test('no answer before it was taken, and none after', async () => {
    const [before, after] = [newNo(), newNo()]
    await harness.fault('timeout_before_acceptance', before, 1)
    await harness.fault('timeout_after_acceptance', after, 1)
    await expect(place(before)).rejects.toThrow()
    await expect(place(after)).rejects.toThrow()
    expect(await codeOf(queryReq(before))).toBe('E001')
    expect(detailOf(await harness.call(queryReq(after))).Status).toBe('01')
  })

  test('a result the bank does not know, of an order that is there', async () => {
    const no = newNo()
    await harness.fault('result_unknown', no, 1)
    expect(await place(no)).toMatchObject({ merchant_id: '', response: { ReturnCode: 'EUNKWN' } })
    expect((await place(no)).response.ReturnCode).toBe('0000')
  })

  test('a refusal, and no order', async () => {
    const no = newNo()
    await harness.fault('order_refused', no)
    expect((await place(no)).response.ReturnCode).toBe('E009')
    expect(await codeOf(queryReq(no))).toBe('E001')
  })
})

function escapeBytes(bytes: Buffer): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}
