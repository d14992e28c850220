import type { Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { ChannelAccount, ChannelMethod, ChannelOrder, ChannelRefund } from '../channel.port.js'
import { listen, originOf, stop } from '../conformance/local-server.conformance.js'
import { AbcChannel } from './abc.channel.js'
import {
  type AbcFixture,
  MERCHANT_ID,
  makeAbcFixture,
  openRequest,
  sealAnswer,
  sealOrder,
} from './abc-fixture.conformance.js'

type Answer = Buffer | 'hang' | 'reset'

const PLACED_AT = new Date('2026-12-01T02:30:00.500Z')
const channel = new AbcChannel({ deadlineMs: 500 })
let fixture: AbcFixture
let server: Server
let account: ChannelAccount
let status = 200
/** The next answers; the last one is given for ever. */
let answers: Answer[] = ['reset']
/** The last request, and the one before it. */
let asked: Record<string, unknown> = {}
let askedBefore: Record<string, unknown> = {}
let headers: Record<string, unknown> = {}
let path = ''

beforeAll(async () => {
  server = await listen(async (request, response) => {
    headers = { ...request.headers }
    path = request.url ?? ''
    const body = await buffer(request)
    askedBefore = asked
    asked = Object(openRequest(body, fixture.merchantCertificate).TrxRequest)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer === 'reset') request.socket.destroy()
    else if (answer !== 'hang') response.writeHead(status).end(answer)
  })
  fixture = await makeAbcFixture(`${originOf(server)}/abc`)
  account = fixture.account
})
afterAll(() => stop(server))
beforeEach(() => {
  status = 200
})

const says = (trxResponse: object, merchantId?: string) => {
  answers = [sealAnswer(fixture.bankPrivateKey, trxResponse, merchantId)]
}
const saysNext = (trxResponse: object) => {
  answers.push(sealAnswer(fixture.bankPrivateKey, trxResponse))
}
const saysOrder = (order: object) =>
  says({ ReturnCode: '0000', ErrorMessage: '交易成功', Order: sealOrder(order) })

const orderBy = (method: ChannelMethod, changes: Partial<ChannelOrder> = {}): ChannelOrder => ({
  order_no: '01JDA0000000000000000ORDER',
  method,
  amount: { minor: 12345n, currency: 'CNY' },
  placed_at: PLACED_AT,
  description: '2026 学年学费',
  expires_at: new Date('2026-12-01T02:45:00.900Z'),
  notify_url: 'https://pay.example/notify',
  return_url: 'https://pay.example/back',
  payer: { ip: null, channel_user_id: null },
  ...changes,
})
const order = orderBy('page')
const refund: ChannelRefund = {
  refund_no: '01JDA000000000000000REFUND',
  order: { ...order, transaction_no: '9RECEP01164952172053' },
  amount: { minor: 300n, currency: 'CNY' },
  requested_at: new Date('2026-12-02T02:00:00Z'),
  reason: '重复缴费',
  notify_url: 'https://pay.example/notify',
}
const ACCEPTED = {
  ReturnCode: '0000',
  OrderNo: order.order_no,
  OrderAmount: '123.45',
  PaymentURL: 'https://pay.abchina.com/pay?token=1',
  QRCode: 'https://qr.abchina.com/1',
}
const ORDER = {
  OrderNo: order.order_no,
  OrderDate: '2026/12/01',
  OrderTime: '10:30:00',
  OrderAmount: '123.45',
  Status: '04',
  iRspRef: '9RECEP01164952172053',
  HostDate: '2026/12/01',
  HostTime: '10:34:56',
}
const PAID = {
  kind: 'paid',
  order_no: order.order_no,
  merchant_id: MERCHANT_ID,
  transaction_no: '9RECEP01164952172053',
  amount: order.amount,
  paid_at: new Date('2026-12-01T02:34:56Z'),
}

describe('placeOrder', () => {
  test('sends what the bank asks for, and the browser to its page', async () => {
    says(ACCEPTED)
    expect(await channel.placeOrder(account, order)).toEqual({
      kind: 'placed',
      next_action: { type: 'redirect', url: ACCEPTED.PaymentURL },
    })
    expect(path).toBe('/abc/ebus/ReceiveMerchantTrxReqServlet')
    expect(headers['content-type']).toBe('text/plain; charset=GB18030')
    expect(asked).toEqual({
      TrxType: 'PayReq',
      Order: {
        PayTypeID: 'ImmediatePay',
        OrderNo: order.order_no,
        OrderAmount: '123.45',
        OrderDate: '2026/12/01',
        OrderTime: '10:30:00',
        orderTimeoutDate: '20261201104500',
        OrderDesc: '2026 学年学费',
        CurrencyCode: '156',
        CommodityType: '0410',
        InstallmentMark: '0',
        ExpiredDate: '30',
      },
      OrderDetail: [{ ProductName: '2026 学年学费', UnitPrice: '123.45', Qty: '1' }],
      PaymentType: 'A',
      PaymentLinkType: '1',
      NotifyType: '1',
      ResultNotifyURL: 'https://pay.example/notify',
      MerchantSuccessURL: 'https://pay.example/back',
      MerchantErrorURL: 'https://pay.example/back',
      IsBreakAccount: '0',
    })
  })

  test('on a phone says so, with the payer’s address', async () => {
    says(ACCEPTED)
    await channel.placeOrder(
      account,
      orderBy('h5', { payer: { ip: '203.0.113.7', channel_user_id: null } }),
    )
    expect(asked).toMatchObject({ PaymentLinkType: '2', Order: { BuyIP: '203.0.113.7' } })
  })

  test('by scanning shows a code, and sends no way back', async () => {
    says(ACCEPTED)
    expect(await channel.placeOrder(account, orderBy('native'))).toEqual({
      kind: 'placed',
      next_action: { type: 'show_qr', code_url: ACCEPTED.QRCode },
    })
    expect(asked.TrxType).toBe('OLScanPayOrderReq')
    expect(asked).not.toHaveProperty('MerchantSuccessURL')
  })

  test('cuts a long description by characters', async () => {
    says(ACCEPTED)
    await channel.placeOrder(account, orderBy('page', { description: '😀'.repeat(300) }))
    expect(asked).toMatchObject({ Order: { OrderDesc: '😀'.repeat(100) } })
  })

  test('refuses a method the bank does not have, without asking', async () => {
    expect(await channel.placeOrder(account, orderBy('jsapi'))).toMatchObject({
      kind: 'refused',
      code: 'method_unsupported',
    })
  })

  test('refuses another currency without asking', async () => {
    const dollars = orderBy('page', { amount: { minor: 1n, currency: 'USD' } })
    expect(await channel.placeOrder(account, dollars)).toMatchObject({
      kind: 'refused',
      code: 'currency_unsupported',
    })
  })

  test.each([
    ['E002', 'already_paid'],
    ['E004', 'already_paid'],
    ['E003', 'refused'],
    ['E009', 'refused'],
    ['APE002', 'refused'],
    ['APE009', 'refused'],
    ['APE400', 'refused'],
    ['2308', 'refused'],
    ['E006', 'unknown'],
    ['APE001', 'unknown'],
    ['EUNKWN', 'unknown'],
    ['A word of tomorrow', 'unknown'],
  ])('with the answer %s is %s', async (ReturnCode, kind) => {
    says({ ReturnCode, ErrorMessage: '…' })
    const result = await channel.placeOrder(account, order)
    expect(result.kind).toBe(kind)
    if (result.kind === 'refused') expect(result.code).toMatch(/^[a-z_]+$/)
  })

  test.each([
    ['about another order', { ...ACCEPTED, OrderNo: 'OTHER' }],
    ['of another amount', { ...ACCEPTED, OrderAmount: '123.46' }],
    ['without an address', { ...ACCEPTED, PaymentURL: undefined }],
    ['with an address that is none', { ...ACCEPTED, PaymentURL: 'pay here' }],
    ['with an address that runs', { ...ACCEPTED, PaymentURL: 'javascript:alert(1)' }],
    ['that fits no schema', { ReturnCode: '0000' }],
  ])('believes no answer %s', async (_, response) => {
    says(response)
    expect((await channel.placeOrder(account, order)).kind).toBe('unknown')
  })
})

describe('queryOrder', () => {
  test('asks for an order with its details, and reads a paid one', async () => {
    saysOrder(ORDER)
    expect(await channel.queryOrder(account, order)).toEqual(PAID)
    expect(asked).toEqual({
      TrxType: 'Query',
      PayTypeID: 'ImmediatePay',
      OrderNo: order.order_no,
      QueryDetail: 'true',
    })
  })

  test('takes the time of the order where the bank leaves its own out', async () => {
    saysOrder({ ...ORDER, HostDate: undefined, HostTime: undefined })
    expect(await channel.queryOrder(account, order)).toMatchObject({
      paid_at: new Date('2026-12-01T02:30:00Z'),
    })
  })

  test.each([
    ['01', 'waiting'],
    ['02', 'unknown'],
    ['03', 'paid'],
    ['05', 'paid'],
    ['99', 'failed'],
    ['00', 'unknown'],
    ['07', 'unknown'],
    ['', 'unknown'],
    ['42', 'unknown'],
  ])('reads the status %j as %s', async (Status, kind) => {
    saysOrder({ ...ORDER, Status })
    expect((await channel.queryOrder(account, order)).kind).toBe(kind)
  })

  test.each([
    [{ ReturnCode: 'E001' }, 'not_found'],
    [{ ReturnCode: 'E003' }, 'closed'],
    [{ ReturnCode: 'E002' }, 'unknown'],
    [{ ReturnCode: 'EUNKWN' }, 'unknown'],
    [{ ReturnCode: '0000', Order: '' }, 'not_found'],
    [{ ReturnCode: '0000' }, 'unknown'],
    [{ ReturnCode: '0000', Order: 'no base64!' }, 'unknown'],
    [{ ReturnCode: '0000', Order: Buffer.from('no json').toString('base64') }, 'unknown'],
    [{ ReturnCode: '0000', Order: Buffer.from('null').toString('base64') }, 'unknown'],
  ])('reads %j as %s', async (response, kind) => {
    says(response)
    expect((await channel.queryOrder(account, order)).kind).toBe(kind)
  })

  test.each([
    ['about another order', { OrderNo: 'OTHER' }],
    ['without the bank’s number', { iRspRef: '' }],
    ['without an amount', { OrderAmount: '' }],
    ['with an amount that is none', { OrderAmount: '-1.00' }],
    ['paid at no time', { HostDate: '2026/02/30' }],
  ])('believes no order %s', async (_, changes) => {
    saysOrder({ ...ORDER, ...changes })
    expect((await channel.queryOrder(account, order)).kind).toBe('unknown')
  })

  test('believes no answer to another merchant, but one to nobody that knows nothing', async () => {
    says({ ReturnCode: 'E001' }, '103881636900017')
    expect((await channel.queryOrder(account, order)).kind).toBe('unknown')
    says({ ReturnCode: 'EUNKWN', ErrorMessage: '结果未知' }, '')
    expect(await channel.queryOrder(account, order)).toEqual({
      kind: 'unknown',
      reason: '"EUNKWN": 结果未知',
    })
    says({ ReturnCode: 'E001' }, '')
    expect((await channel.queryOrder(account, order)).kind).toBe('unknown')
  })
})

describe('closeOrder', () => {
  test.each([
    ['04', 'already_paid'],
    ['99', 'closed'],
    ['01', 'unknown'],
    ['02', 'unknown'],
  ])('of an order in status %s says %s, for the bank closes none', async (Status, kind) => {
    saysOrder({ ...ORDER, Status })
    expect((await channel.closeOrder(account, order)).kind).toBe(kind)
  })

  test.each([
    ['E001', 'not_found'],
    ['E003', 'closed'],
  ])('after %s says %s', async (ReturnCode, kind) => {
    says({ ReturnCode })
    expect(await channel.closeOrder(account, order)).toEqual({ kind })
  })
})

const REFUNDED = {
  OrderNo: refund.refund_no,
  OldOrderNo: order.order_no,
  RefundAmount: '3.00',
  Status: '04',
  HostDate: '2026/12/02',
  HostTime: '10:00:01',
}

describe('refund', () => {
  const DONE = {
    ReturnCode: '0000',
    OrderNo: order.order_no,
    NewOrderNo: refund.refund_no,
    TrxAmount: '3.00',
  }

  test('has a number of its own, and is asked about when the bank took it', async () => {
    says(DONE)
    saysNext({ ReturnCode: 'E001' })
    expect(await channel.refund(account, refund)).toEqual({ kind: 'processing' })
    expect(asked).toMatchObject({ TrxType: 'Query', PayTypeID: 'Refund' })
    expect(askedBefore).toEqual({
      TrxType: 'Refund',
      OrderDate: '2026/12/02',
      OrderTime: '10:00:00',
      OrderNo: order.order_no,
      NewOrderNo: refund.refund_no,
      CurrencyCode: '156',
      TrxAmount: '3.00',
      MerchantRemarks: '重复缴费',
    })
  })

  test('without a reason sends none', async () => {
    says(DONE)
    await channel.refund(account, { ...refund, reason: '' })
    expect(askedBefore).not.toHaveProperty('MerchantRemarks')
  })

  test('that the bank did at once has succeeded', async () => {
    says(DONE)
    saysNext({ ReturnCode: '0000', Order: sealOrder(REFUNDED) })
    expect(await channel.refund(account, refund)).toMatchObject({
      kind: 'succeeded',
      refund_no: refund.refund_no,
      amount: refund.amount,
    })
  })

  test.each([
    [{ ReturnCode: 'E001' }, 'failed'],
    [{ ReturnCode: 'E003' }, 'failed'],
    [{ ReturnCode: 'E005' }, 'failed'],
    [{ ReturnCode: 'APE400' }, 'failed'],
    [{ ReturnCode: 'E009' }, 'failed'],
    [{ ReturnCode: 'E006' }, 'unknown'],
    [{ ReturnCode: 'E002' }, 'unknown'],
    [{ ReturnCode: 'EUNKWN' }, 'unknown'],
    [{ ...DONE, TrxAmount: '3.01' }, 'unknown'],
    [{ ...DONE, NewOrderNo: 'OTHER' }, 'unknown'],
    [{ ...DONE, OrderNo: 'OTHER' }, 'unknown'],
    [{ ReturnCode: '0000' }, 'unknown'],
  ])('with the answer %j is %s', async (response, kind) => {
    says(response)
    saysNext({ ReturnCode: 'E001' })
    expect((await channel.refund(account, refund)).kind).toBe(kind)
  })

  test('that is refused because it was done before has not failed', async () => {
    says({ ReturnCode: 'E005' })
    saysNext({ ReturnCode: '0000', Order: sealOrder(REFUNDED) })
    expect((await channel.refund(account, refund)).kind).toBe('succeeded')
  })

  test('that is refused, and then cannot be asked about, is unknown', async () => {
    says({ ReturnCode: 'E005' })
    saysNext({ ReturnCode: 'EUNKWN' })
    expect((await channel.refund(account, refund)).kind).toBe('unknown')
  })

  test('refuses another currency without asking', async () => {
    const dollars = { ...refund, amount: { minor: 1n, currency: 'USD' } }
    expect(await channel.refund(account, dollars)).toMatchObject({ kind: 'failed' })
  })
})

describe('queryRefund', () => {
  test('reads one that is done', async () => {
    saysOrder(REFUNDED)
    expect(await channel.queryRefund(account, refund)).toEqual({
      kind: 'succeeded',
      refund_no: refund.refund_no,
      order_no: order.order_no,
      amount: refund.amount,
      succeeded_at: new Date('2026-12-02T02:00:01Z'),
    })
    expect(asked).toMatchObject({ PayTypeID: 'Refund', OrderNo: refund.refund_no })
  })

  test.each([
    [{ Status: '01' }, 'processing'],
    [{ Status: '03' }, 'processing'],
    [{ Status: '05' }, 'succeeded'],
    [{ OldOrderNo: undefined }, 'succeeded'],
    [{ Status: '99' }, 'failed'],
    [{ Status: '02' }, 'unknown'],
    [{ Status: '42' }, 'unknown'],
    [{ OrderNo: 'OTHER' }, 'unknown'],
    [{ OldOrderNo: 'OTHER' }, 'unknown'],
    [{ RefundAmount: 'x' }, 'unknown'],
    [{ HostTime: '25:00:00' }, 'unknown'],
  ])('with %j is %s', async (changes, kind) => {
    saysOrder({ ...REFUNDED, ...changes })
    expect((await channel.queryRefund(account, refund)).kind).toBe(kind)
  })

  test('knows of no refund that the bank does not have', async () => {
    says({ ReturnCode: 'E001' })
    expect(await channel.queryRefund(account, refund)).toEqual({ kind: 'not_found' })
  })
})

describe('checkAccount', () => {
  test.each([
    ['E001', 'works'],
    ['APE400', 'refused'],
    ['APE002', 'refused'],
    ['2302', 'refused'],
    ['EUNKWN', 'unknown'],
  ])('after %s says %s', async (ReturnCode, kind) => {
    says({ ReturnCode, ErrorMessage: '商户证书有误' })
    const check = await channel.checkAccount(account)
    expect(check.kind).toBe(kind)
    if (check.kind === 'refused') expect(check.message).toContain('商户证书有误')
  })
})

describe('an answer that cannot be believed is unknown', () => {
  const ask = () => channel.queryOrder(account, order)
  const doubt = async (reason: RegExp) =>
    expect(await ask()).toEqual({ kind: 'unknown', reason: expect.stringMatching(reason) })

  test('when there is none', async () => {
    answers = ['reset']
    await doubt(/did not answer/)
  })

  test('when it takes too long', async () => {
    answers = ['hang']
    await doubt(/did not answer/)
  })

  test('when it is too long', async () => {
    answers = [Buffer.alloc(1024 * 1024 + 1, ' ')]
    await doubt(/too long/)
  })

  test('when it is a redirect, or an error page', async () => {
    saysOrder(ORDER)
    status = 503
    await doubt(/HTTP 503/)
    status = 302
    expect((await ask()).kind).toBe('unknown')
  })

  test('when it is signed and fits no schema', async () => {
    says([])
    await doubt(/fits no schema/)
  })

  test('when it is a page of somebody else', async () => {
    answers = [Buffer.from('<html>Sign in to Wi-Fi</html>')]
    await doubt(/not believed/)
  })
})
