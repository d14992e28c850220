import { describe, expect, test } from '@jest/globals'
import { pageOfId, splitAtIds } from './object-link.rules.js'

const PAYMENT = 'pay_01m82avfcbektvjs1askg8k09s'

describe('pageOfId', () => {
  test('leads to the page of the object', () => {
    expect(pageOfId(PAYMENT)).toBe(`/payments/${PAYMENT}`)
    expect(pageOfId('req_01m82avfcbektvjs1askg8k09s')).toBe(
      '/request_logs/req_01m82avfcbektvjs1askg8k09s',
    )
  })

  test.each(['', 'pay_1', 'inst_01m82avfcbektvjs1askg8k09s', `${PAYMENT}x`, `../${PAYMENT}`])(
    'knows no page for %p',
    (id) => expect(pageOfId(id)).toBeNull(),
  )
})

describe('splitAtIds', () => {
  test('keeps every character and finds the ids', () => {
    const text = `{"payment":"${PAYMENT}","amount":1}`
    const parts = splitAtIds(text)
    expect(parts.map((part) => part.text).join('')).toBe(text)
    expect(parts.filter(({ to }) => to !== null)).toEqual([
      { text: PAYMENT, to: `/payments/${PAYMENT}` },
    ])
  })

  test('leaves a text without ids whole', () => {
    expect(splitAtIds('nothing here')).toEqual([{ text: 'nothing here', to: null }])
    expect(splitAtIds('')).toEqual([])
  })
})
