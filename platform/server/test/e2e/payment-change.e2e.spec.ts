import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ledgerOf, problemsOfBooks } from '../support/books.js'
import { describeForeign, describeWrite, expectProblem } from '../support/endpoint-contract.js'
import { newPaidPayment, newPendingPayment, paymentBody, paymentIn } from '../support/fixtures.js'
import { apiBase, createApp, simulatorBase, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { openStage } from '../support/stage.js'
import { until } from '../support/until.js'
import { openReceiver } from '../support/webhook-receiver.js'

const H5 = { channel: 'wechatpay', method: 'h5', payer_ip: '203.0.113.7' } as const
const stage = openStage()
const changePath = (id: string) => `/v1/payments/${id}/change_channel`

describe('POST /v1/payments/{id}/change_channel', () => {
  describeWrite(stage, {
    path: async () => changePath((await newPendingPayment(stage.own)).id),
    body: () => H5,
    status: 200,
    invalid: {
      body: { channel: 'pigeon' },
      code: 'field_value_invalid',
      pointer: '/channel',
    },
  })
  describeForeign(stage, {
    method: 'POST',
    path: changePath,
    id: async () => (await newPendingPayment(stage.own)).id,
    body: H5,
    code: 'payment_not_found',
  })

  test.each([
    [{ ...H5, payer_ip: '999.1.1.1' }, '/payer_ip'],
    [{ ...H5, channel_user_id: 'with space' }, '/channel_user_id'],
    [{ method: 'h5' }, '/channel'],
  ])('refuses %j', async (body, pointer) => {
    const { id } = await newPendingPayment(stage.own)
    const answer = await stage.own.send({ path: changePath(id), body })
    expect([answer.status, answer.json.errors?.[0]?.pointer]).toEqual([400, pointer])
  })

  test('refuses a payment that has no order yet, and one that is over', async () => {
    const fresh = await stage.own.bursar.payments.create(paymentBody())
    const closed = await newPendingPayment(stage.own)
    await stage.own.bursar.payments.close(closed.id)
    for (const { id } of [fresh, closed]) {
      const answer = await stage.own.send({ path: changePath(id), body: H5 })
      expectProblem(answer, 409, 'payment_not_changeable')
    }
    const paid = await newPaidPayment(stage.own)
    const answer = await stage.own.send({ path: changePath(paid.id), body: H5 })
    expectProblem(answer, 409, 'payment_already_paid')
  })
})

describe('another way to pay', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createApp()
  }, 60_000)
  const receiver = openReceiver(() => app)
  afterAll(async () => {
    expect(await problemsOfBooks()).toEqual([])
  }, 60_000)

  interface Order {
    readonly order_no: string
    readonly merchant_id: string
    readonly status: string
  }

  /** The orders of a payment as its channels know them, the oldest first. */
  const ordersOf = (id: string) =>
    queryPlatform<Order>(
      `select attempt.channel_order_no as order_no, account.merchant_id, attempt.status
         from payment_attempts attempt
         join channel_accounts account
           on account.institution_id = attempt.institution_id
          and account.livemode = attempt.livemode and account.id = attempt.channel_account_id
        where attempt.payment_id = $1 order by attempt.id`,
      [id],
    )

  /** What the payer does with one certain order, by the simulator's own control. */
  async function play(order: Order | undefined, action: object): Promise<number> {
    const path = `/_control/wechatpay/orders/${order?.merchant_id}/${order?.order_no}/play`
    const response = await fetch(`${simulatorBase()}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    })
    return response.status
  }

  test('closes the first order at the provider and is paid by the second, once', async () => {
    const { id } = await newPendingPayment(app)
    const changed = await app.bursar.payments.changeChannel(id, H5)
    expect(changed).toMatchObject({
      id,
      status: 'pending',
      method: 'h5',
      next_action: { type: 'redirect', url: expect.stringMatching(/^http/) },
    })
    expect((await ordersOf(id)).map(({ status }) => status)).toEqual(['closed', 'pending'])
    const [, second] = await ordersOf(id)
    expect(await play(second, { action: 'pay' })).toBeLessThan(300)
    expect(await paymentIn(app, id, 'succeeded')).toMatchObject({ method: 'h5', next_action: null })
    expect((await ledgerOf(id)).balances).toEqual({
      channel_clearing: 12_800,
      department_payable: -12_800,
    })
    expect(await receiver.typesOf(id, 4)).toEqual([
      'payment.created',
      'payment.pending',
      'payment.channel_changed',
      'payment.succeeded',
    ])
  })

  test('may be another channel, whose form the cashier sends', async () => {
    const { id, cashier_url } = await newPendingPayment(app)
    const changed = await app.bursar.payments.changeChannel(id, {
      channel: 'unionpay',
      method: 'page',
    })
    expect(changed.next_action).toMatchObject({
      type: 'submit_form',
      fields: { txnAmt: '12800', frontUrl: `${cashier_url}/return` },
    })
    const form = await fetch(`${cashier_url}/go`)
    expect(form.headers.get('content-security-policy')).toContain(
      `form-action ${simulatorBase()} https:`,
    )
    expect(await form.text()).toContain('name="txnAmt" value="12800"')
  })

  test('is refused when the first order is paid already: the payment succeeds by it', async () => {
    const { id } = await newPendingPayment(app)
    await play((await ordersOf(id))[0], { action: 'pay', notify: 'lost' })
    const answer = await app.send({ path: changePath(id), body: H5 })
    expectProblem(answer, 409, 'payment_already_paid')
    expect(await app.bursar.payments.get(id)).toMatchObject({
      status: 'succeeded',
      method: 'native',
    })
    expect((await ordersOf(id)).map(({ status }) => status)).toEqual(['succeeded'])
  })

  test('whose first order is paid all the same is paid by it, and the second is closed', async () => {
    const { id } = await newPendingPayment(app)
    await app.bursar.payments.changeChannel(id, H5)
    const [first] = await ordersOf(id)
    await play(first, { action: 'pay' })
    expect(await paymentIn(app, id, 'succeeded')).toMatchObject({ method: 'native' })
    const orders = await until(
      () => ordersOf(id),
      ([, second]) => second?.status === 'closed',
      20_000,
    )
    expect(orders.map(({ status }) => status)).toEqual(['succeeded', 'closed'])
  }, 40_000)

  test('paid twice is one payment, and the duplicate goes back to the payer', async () => {
    const { id } = await newPendingPayment(app)
    await app.bursar.payments.changeChannel(id, H5)
    const [first, second] = await ordersOf(id)
    await play(second, { action: 'pay' })
    await paymentIn(app, id, 'succeeded')
    await play(first, { action: 'pay' })
    const late = () =>
      queryPlatform<{ id: string; kind: string; status: string }>(
        'select id, kind, status from late_successes where payment_id = $1',
        [id],
      )
    const rows = await until(late, ([row]) => row?.status === 'refunded', 20_000)
    expect(rows).toMatchObject([{ kind: 'duplicate', status: 'refunded' }])
    expect((await ledgerOf(id)).balances).toMatchObject({ channel_clearing: 12_800 })
    expect((await ledgerOf(rows[0]?.id ?? '')).balances).toEqual({
      channel_clearing: 0,
      suspense: 0,
    })
  }, 40_000)

  test('asked for by ten callers at once places one order more', async () => {
    const { id } = await newPendingPayment(app)
    await Promise.all(
      Array.from({ length: 10 }, () => app.send({ path: changePath(id), body: H5 })),
    )
    expect((await ordersOf(id)).map(({ status }) => status)).toEqual(['closed', 'pending'])
  })
})

describe('the way back from a provider', () => {
  test.each(['GET', 'POST'] as const)(
    'by %s leads to the page and proves nothing',
    async (method) => {
      const { id, cashier_url } = await newPendingPayment(stage.own)
      const form = method === 'POST' ? { body: new URLSearchParams({ respCode: '00' }) } : {}
      const answer = await fetch(`${cashier_url}/return?trade=paid`, {
        method,
        redirect: 'manual',
        ...form,
      })
      expect(answer.status).toBe(303)
      expect(new URL(answer.headers.get('location') ?? '', apiBase()).href).toBe(cashier_url)
      expect((await stage.own.bursar.payments.get(id)).status).toBe('pending')
    },
  )
})

describe('a notification', () => {
  const bodies: [string, string | Uint8Array<ArrayBuffer> | null][] = [
    ['application/json', '{"id":"1"}'],
    ['application/x-www-form-urlencoded', 'trade_status=TRADE_SUCCESS&trade_status=x'],
    ['text/plain; charset=GB18030', Uint8Array.from([0xc4, 0xe3, 0xba, 0xc3, 0x00, 0xff])],
    ['text/xml', '<xml/>'],
    ['', null],
    ['application/octet-stream', new Uint8Array(70 * 1024)],
  ]
  test.each(['payments', 'refunds'])(
    'about %s of any content type is refused in the words of the provider',
    async (about) => {
      const [account] = await queryPlatform<{ id: string }>(
        `select id from channel_accounts where channel = 'wechatpay' and not livemode limit 1`,
        [],
      )
      for (const [type, body] of bodies) {
        const answer = await fetch(`${apiBase()}/notify/wechatpay/${account?.id}/${about}`, {
          method: 'POST',
          headers: type ? { 'content-type': type } : {},
          body,
        })
        expect([type, answer.status, JSON.parse(await answer.text())]).toMatchObject([
          type,
          400,
          { code: 'FAIL' },
        ])
      }
    },
  )
})
