import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { answerOf, cashierPayment, cashierView } from '../../test/cashier-view.fixture.js'
import type { CashierAnswer } from './cashier.client.js'
import { type CashierApi, CashierSession } from './cashier.session.js'

const CHOICE = { channel: 'wechatpay', method: 'native' }
const OPEN = answerOf(cashierView())
const SCAN = answerOf(cashierView({ status: 'paying', payment: cashierPayment() }))
const PAID = answerOf(cashierView({ status: 'paid' }))

/** Answers each call when the test says so. */
class HeldApi implements CashierApi {
  readonly calls: {
    verb: 'read' | 'pay' | 'confirm'
    signal: AbortSignal
    answer: (value: CashierAnswer) => void
  }[] = []

  read = (signal: AbortSignal): Promise<CashierAnswer> => this.#hold('read', signal)
  pay = (_choice: unknown, signal: AbortSignal): Promise<CashierAnswer> => this.#hold('pay', signal)

  confirm = (_pin: string, signal: AbortSignal): Promise<CashierAnswer> =>
    this.#hold('confirm', signal)

  async answer(value: CashierAnswer, index = this.calls.length - 1): Promise<void> {
    this.calls[index]?.answer(value)
    await jest.advanceTimersByTimeAsync(0)
  }

  #hold(verb: 'read' | 'pay' | 'confirm', signal: AbortSignal): Promise<CashierAnswer> {
    return new Promise((answer) => this.calls.push({ verb, signal, answer }))
  }
}

let api: HeldApi
let isHidden: boolean
let session: CashierSession
const verbs = () => api.calls.map((call) => call.verb)

beforeEach(() => {
  jest.useFakeTimers()
  api = new HeldApi()
  isHidden = false
  session = new CashierSession(api, () => isHidden)
  session.refresh()
})

afterEach(() => {
  session.stop()
  jest.useRealTimers()
})

describe('polling', () => {
  test('asks again two seconds after each answer, and never twice at once', async () => {
    await jest.advanceTimersByTimeAsync(60_000)
    expect(api.calls).toHaveLength(1)
    await api.answer(OPEN)
    await jest.advanceTimersByTimeAsync(1_999)
    expect(api.calls).toHaveLength(1)
    await jest.advanceTimersByTimeAsync(1)
    expect(api.calls).toHaveLength(2)
  })

  test('backs off to five seconds while hidden, and asks at once when seen again', async () => {
    isHidden = true
    await api.answer(OPEN)
    await jest.advanceTimersByTimeAsync(4_999)
    expect(api.calls).toHaveLength(1)
    isHidden = false
    session.refresh()
    expect(api.calls).toHaveLength(2)
  })

  test('backs off to five seconds while nothing answers', async () => {
    await api.answer({ kind: 'unreachable' })
    await jest.advanceTimersByTimeAsync(4_999)
    expect(api.calls).toHaveLength(1)
    await jest.advanceTimersByTimeAsync(1)
    expect(api.calls).toHaveLength(2)
  })

  test('stops for good when the result is final', async () => {
    await api.answer(PAID)
    session.refresh()
    await jest.advanceTimersByTimeAsync(600_000)
    expect(api.calls).toHaveLength(1)
  })

  test('asks at once when the network is back', async () => {
    await api.answer(OPEN)
    session.setOffline(true)
    expect(session.getState().isOffline).toBe(true)
    session.setOffline(false)
    expect(api.calls).toHaveLength(2)
  })

  test('stops when the page goes away', async () => {
    await api.answer(OPEN)
    session.stop()
    await jest.advanceTimersByTimeAsync(60_000)
    expect(api.calls).toHaveLength(1)
  })
})

describe('confirming by PIN', () => {
  test('shows the result; meanwhile nothing else is asked or started', async () => {
    await api.answer(SCAN)
    void session.confirm('314159')
    void session.confirm('314159')
    void session.pay(CHOICE)
    session.refresh()
    expect(verbs()).toEqual(['read', 'confirm'])
    expect(session.getState().isConfirming).toBe(true)
    await api.answer(PAID)
    expect(session.getState()).toMatchObject({ isConfirming: false, view: { status: 'paid' } })
  })

  test('says why it was refused, and keeps no PIN', async () => {
    await api.answer(SCAN)
    void session.confirm('314159')
    await api.answer({ kind: 'refused', refusal: { code: 'wallet_pin_wrong', detail: null } })
    await api.answer(SCAN)
    expect(session.getState()).toMatchObject({
      isConfirming: false,
      refusal: { code: 'wallet_pin_wrong' },
    })
    expect(JSON.stringify(session.getState().refusal)).not.toContain('314159')
  })
})

describe('paying', () => {
  test('shows the answer to the payment and goes on polling', async () => {
    await api.answer(OPEN)
    void session.pay(CHOICE)
    expect(session.getState().starting).toEqual(CHOICE)
    await api.answer(SCAN)
    expect(session.getState()).toMatchObject({ starting: null, view: { status: 'paying' } })
    await jest.advanceTimersByTimeAsync(2_000)
    expect(verbs()).toEqual(['read', 'pay', 'read'])
  })

  test('an older poll that answers late does not undo what the payment said', async () => {
    await api.answer(OPEN)
    await jest.advanceTimersByTimeAsync(2_000)
    void session.pay(CHOICE)
    expect(api.calls[1]?.signal.aborted).toBe(true)
    await api.answer(SCAN)
    await api.answer(OPEN, 1)
    expect(session.getState().view?.status).toBe('paying')
  })

  test('a second tap starts nothing', async () => {
    await api.answer(OPEN)
    void session.pay(CHOICE)
    void session.pay(CHOICE)
    session.refresh()
    expect(verbs()).toEqual(['read', 'pay'])
  })

  test('looks at once after a refusal, because the order may have moved on', async () => {
    await api.answer(OPEN)
    void session.pay(CHOICE)
    await api.answer({ kind: 'refused', refusal: { code: 'bill_void', detail: null } })
    expect(verbs()).toEqual(['read', 'pay', 'read'])
  })

  test('looks at once when nothing came back, because the payment may have been started', async () => {
    await api.answer(OPEN)
    void session.pay(CHOICE)
    await api.answer({ kind: 'unreachable' })
    await api.answer(SCAN)
    expect(verbs()).toEqual(['read', 'pay', 'read'])
    expect(session.getState()).toMatchObject({ refusal: null, view: { status: 'paying' } })
  })

  test('polls again after a failed order is tried once more', async () => {
    await api.answer(answerOf(cashierView({ status: 'failed' })))
    void session.pay(CHOICE)
    await api.answer(SCAN)
    await jest.advanceTimersByTimeAsync(2_000)
    expect(verbs()).toEqual(['read', 'pay', 'read'])
  })
})

describe('confirming by PIN', () => {
  const PIN_WANTED = answerOf(
    cashierView({ status: 'paying', payment: cashierPayment({ action: { type: 'enter_pin' } }) }),
  )

  test('shows that it is paid', async () => {
    await api.answer(PIN_WANTED)
    void session.confirm('135790')
    await api.answer(PAID)
    expect(session.getState().view?.status).toBe('paid')
  })

  test('says why it was refused, and goes on with the same payment', async () => {
    await api.answer(PIN_WANTED)
    void session.confirm('135790')
    const refusal = { code: 'wallet_pin_wrong', detail: null }
    await api.answer({ kind: 'refused', refusal })
    await api.answer(PIN_WANTED)
    expect(verbs()).toEqual(['read', 'confirm', 'read'])
    expect(session.getState()).toMatchObject({ refusal, view: { status: 'paying' } })
  })
})
