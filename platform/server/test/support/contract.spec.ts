import { describe, expect, test } from '@jest/globals'
import { Contract } from './contract.js'

const URL_OF_PAYMENTS = 'http://localhost:3000/v1/payments'
const contract = Contract.read()

const answer = (status: number, body: object, contentType = 'application/json') => ({
  status,
  headers: new Headers({ 'content-type': contentType, 'x-request-id': 'req_1' }),
  text: JSON.stringify(body),
})
const list = { object: 'list', data: [], has_more: false, next_cursor: null }
const problem = {
  type: 'http://localhost:3000/docs/errors/payment_not_found',
  title: 'Payment not found',
  status: 404,
  detail: 'No such payment.',
  code: 'payment_not_found',
  request_id: 'req_1',
  retryable: false,
}

describe('the contract', () => {
  test('accepts what the document promises', () => {
    expect(contract.violationsOf('GET', URL_OF_PAYMENTS, answer(200, list))).toEqual([])
    const refusal = answer(404, problem, 'application/problem+json')
    expect(contract.violationsOf('GET', `${URL_OF_PAYMENTS}/pay_1`, refusal)).toEqual([])
    expect(contract.violationsOf('GET', 'http://localhost:3000/nowhere', refusal)).toEqual([])
  })

  test.each([
    ['a field too many', 'GET', answer(200, { ...list, colour: 'red' })],
    ['a field too few', 'GET', answer(200, { object: 'list', data: [], has_more: false })],
    ['a field of another type', 'GET', answer(200, { ...list, has_more: 'no' })],
    ['an object inside that is not one', 'GET', answer(200, { ...list, data: [{ id: 'pay_1' }] })],
    ['another status', 'GET', answer(302, list)],
    ['another type of content', 'GET', answer(200, list, 'text/html')],
    ['a call that is not there', 'DELETE', answer(200, list)],
    ['a refusal that is not a problem', 'GET', answer(404, problem)],
    [
      'a code that is in no catalogue',
      'GET',
      answer(404, { ...problem, code: 'oops' }, 'application/problem+json'),
    ],
    [
      'a problem of another request',
      'GET',
      answer(404, { ...problem, request_id: 'req_2' }, 'application/problem+json'),
    ],
    [
      'no request id',
      'GET',
      { ...answer(200, list), headers: new Headers({ 'content-type': 'application/json' }) },
    ],
  ])('notices %s', (_, method, given) => {
    expect(contract.violationsOf(method, URL_OF_PAYMENTS, given)).not.toEqual([])
  })
})
