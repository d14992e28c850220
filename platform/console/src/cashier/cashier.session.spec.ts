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
    verb: 'read' | 'pay'
    signal: AbortSignal
    answer: (value: CashierAnswer) => void
  }[] = []

  read = (signal: AbortSignal): Promise<CashierAnswer> => this.#hold('read', signal)
  pay = (_choice: unknown, signal: AbortSignal): Promise<CashierAnswer> => this.#hold('pay', signal)

  async answer(value: CashierAnswer, index = this.calls.length - 1): Promise<void> {
    this.calls[index]?.answer(value)
    await jest.advanceTimersByTimeAsync(0)
  }

  #hold(verb: 'read' | 'pay', signal: AbortSignal): Promise<CashierAnswer> {
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
