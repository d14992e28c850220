import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseAnswer, parseForm } from './unionpay.fields.js'

describe('an answer', () => {
  test.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1=2+3 4&b=', { a: '1=2+3 4' }],
    ['cert=-----BEGIN\r\nAB+/==\r\n&sign=x==', { cert: '-----BEGIN\r\nAB+/==\r\n', sign: 'x==' }],
    ['cardInfo={a=1&b={c=2&d=3}}&z=9', { cardInfo: '{a=1&b={c=2&d=3}}', z: '9' }],
    ['list=[a&b]&z=9', { list: '[a&b]', z: '9' }],
    ['a=%20', { a: '%20' }],
    ['', {}],
  ])('reads %j as it is, without decoding', (text, fields) => {
    expect(parseAnswer(text)).toEqual(fields)
  })

  test.each(['<html>', 'a', 'a=1&b', 'a=1&a=2', '=1', 'a b=1', 'x={a=1&b=2', '__proto__&=1'])(
    'is none: %j',
    (text) => expect(parseAnswer(text)).toBeNull(),
  )
})

describe('a form', () => {
  test.each([
    ['a=1&b=x%20y+z', { a: '1', b: 'x y z' }],
    ['m=%E6%88%90%E5%8A%9F&s=a%2Bb%3D%3D', { m: '成功', s: 'a+b==' }],
    ['a=&b=1', { b: '1' }],
  ])('reads %j', (text, fields) => {
    expect(parseForm(text)).toEqual(fields)
  })

  test.each(['', 'a', 'a=1&a=1', 'a=%', 'a=%zz', 'a=%E6%88', 'a=成', 'a=1&', 'a b=1', 'a=x y'])(
    'is none: %j',
    (text) => expect(parseForm(text)).toBeNull(),
  )

  test('comes back as it was, whatever its values are', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { minKeys: 1 }),
        (fields) => {
          expect(parseForm(new URLSearchParams(fields).toString())).toEqual({ ...fields })
        },
      ),
    )
  })
})
