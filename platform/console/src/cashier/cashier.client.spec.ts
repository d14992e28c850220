import { describe, expect, test } from '@jest/globals'
import { readAnswer } from './cashier.client.js'

const read = (status: number, body: unknown) => readAnswer(status, body, 0, 0)

describe('readAnswer', () => {
  test('a 404 is an unknown order', () => {
    expect(read(404, { code: 'not_found' })).toEqual({ kind: 'not_found' })
  })

  test('another 4xx is a refusal with its code and words', () => {
    expect(read(409, { code: 'payment_not_payable', detail: 'paid already' })).toEqual({
      kind: 'refused',
      refusal: { code: 'payment_not_payable', detail: 'paid already' },
    })
    expect(read(400, {})).toEqual({ kind: 'refused', refusal: { code: 'http_400', detail: null } })
  })

  test.each([429, 500, 502, 503])('a %i says nothing about the order', (status) => {
    expect(read(status, { code: 'x' })).toEqual({ kind: 'unreachable' })
  })

  test('refuses a 200 that is not a cashier view', () => {
    expect(() => read(200, { hello: 'proxy' })).toThrow(TypeError)
  })
})
