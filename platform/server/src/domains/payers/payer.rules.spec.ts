import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  isSamePersonal,
  maskEmail,
  maskName,
  maskNumber,
  maskPhone,
  mergePersonal,
  normalizeNumber,
  normalizePhone,
  numberTail,
} from './payer.rules.js'

describe('a number', () => {
  test.each([
    ['2023 0001', '20230001'],
    ['２０２３０００１', '20230001'],
    [' 11010519491231002x ', '11010519491231002X'],
    ['h12345678(9)', 'H12345678(9)'],
  ])('%j is the same as %j', (typed, number) => {
    expect(normalizeNumber(typed)).toBe(number)
  })

  test('normalizing twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normalizeNumber(text)
        // Unicode's upper case may compose anew, which a second pass settles; ordinary numbers don't.
        fc.pre(/^[\p{ASCII}\p{Script=Han}]*$/u.test(once))
        expect(normalizeNumber(once)).toBe(once)
      }),
    )
  })

  test('never shows more than four characters, nor more than a third', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const shown = [...numberTail(text)].length
        expect(shown).toBeLessThanOrEqual(4)
        expect(shown * 3).toBeLessThanOrEqual([...normalizeNumber(text)].length)
      }),
    )
  })

  test.each([
    ['11010519491231002X', '****002X'],
    ['202300123', '****123'],
    ['12', '****'],
  ])('%s is shown as %s', (number, shown) => {
    expect(maskNumber(numberTail(number))).toBe(shown)
  })
})

describe('masks', () => {
  test.each([
    ['张三丰', '张*丰'],
    ['张三', '张*'],
    ['张', '*'],
    ['司马相如', '司*如'],
    ['𠮷野家', '𠮷*家'],
    ['Ada Lovelace', 'A*e'],
  ])('name %s becomes %s', (name, masked) => {
    expect(maskName(name)).toBe(masked)
  })

  test.each([
    ['13812345678', '138****5678'],
    ['+8613812345678', '+86138****5678'],
    ['62751234', '****34'],
  ])('phone %s becomes %s', (phone, masked) => {
    expect(maskPhone(phone)).toBe(masked)
  })

  test.each([
    ['zhangsan@example.edu', 'z***@example.edu'],
    ['z@example.edu', '***@example.edu'],
  ])('email %s becomes %s', (email, masked) => {
    expect(maskEmail(email)).toBe(masked)
  })
})

describe('what is known and what is said', () => {
  const known = { number: '20230001', name: '张三', phone: '13812345678', email: null }

  test('nothing said is nothing new', () => {
    expect(isSamePersonal(known, {})).toBe(true)
    expect(mergePersonal(known, {})).toEqual(known)
  })

  test('the same phone in another spelling is nothing new', () => {
    expect(normalizePhone('138-1234 5678')).toBe('13812345678')
    expect(isSamePersonal(known, { phone: '138 1234 5678', name: ' 张三 ' })).toBe(true)
  })

  test('another name, phone or email is new, and null clears', () => {
    expect(isSamePersonal(known, { name: '张四' })).toBe(false)
    expect(isSamePersonal(known, { phone: null })).toBe(false)
    expect(isSamePersonal(known, { email: 'z@example.edu' })).toBe(false)
    expect(mergePersonal(known, { phone: null })).toEqual({ ...known, phone: null })
  })
})
