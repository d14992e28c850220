import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { JsonScanner, ScanFault } from './abc.scanner.js'

const encode = (text: string) => iconv.encode(text, 'gb18030')

function membersOf(bytes: Buffer): Record<string, string> {
  const scanner = new JsonScanner(bytes)
  const members = scanner.readObject()
  scanner.expectEnd()
  return Object.fromEntries(
    [...members].map(([key, { start, end }]) => [
      key,
      iconv.decode(bytes.subarray(start, end), 'gb18030'),
    ]),
  )
}

describe('JsonScanner', () => {
  test('finds the exact text of every member, however it is spaced', () => {
    expect(
      membersOf(encode('\r\n { "a" : {"x": [1, -2.5e3 ,{}]} , "b":"\\"}" ,"c": null } ')),
    ).toEqual({ a: '{"x": [1, -2.5e3 ,{}]}', b: '"\\"}"', c: 'null' })
  })

  test('is not misled by the second bytes of characters that look like brackets', () => {
    // 亅 is 81 5C, 亄 81 7B … : the second bytes of these are \ { | }.
    const text = [0x5c, 0x7b, 0x7c, 0x7d].map((second) =>
      iconv.decode(Buffer.from([0x81, second]), 'gb18030'),
    )
    const json = `{"a":"${text.join('')}","b":"😀"}`
    expect(membersOf(encode(json))).toEqual({ a: `"${text.join('')}"`, b: '"😀"' })
  })

  test('cuts any JSON exactly where JSON.parse would have it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value)
        expect(membersOf(encode(`{"first":1,"it":${text},"last":[]}`)).it).toBe(text)
      }),
    )
  })

  test.each([
    '',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{,}',
    '[]',
    '{"a":1}x',
    '{"a":1}{}',
    '{"a":}',
    '{"a":"\\"}',
    '{a:1}',
    '{"a":1,"a":2}',
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ])('refuses %j', (text) => {
    expect(() => membersOf(encode(text))).toThrow(ScanFault)
  })

  test('refuses bytes that are no GB18030', () => {
    for (const wrong of [[0xff, 0x41], [0x81, 0x20], [0x81]]) {
      expect(() => membersOf(Buffer.from([...Buffer.from('{"a":"'), ...wrong]))).toThrow(ScanFault)
    }
  })
})
