import { describe, expect, test } from '@jest/globals'
import { headerValues, readHttpMessage, UnusableMessage } from './http-message.js'

const head = 'POST /v1/payments?a=1 HTTP/1.1\nHost: pay.test\ncontent-type:application/json'
const read = (text: string) => readHttpMessage(Buffer.from(text))
const bodyOf = (text: string) => Buffer.from(read(text).body).toString()

describe('a saved request', () => {
  test('has a method, a target, headers as written and a body', () => {
    expect(read(`${head}\n\n{"a":1}`)).toEqual({
      method: 'POST',
      target: '/v1/payments?a=1',
      headers: [
        ['Host', 'pay.test'],
        ['content-type', 'application/json'],
      ],
      body: Buffer.from('{"a":1}'),
      notes: [],
    })
  })

  test('may have lines that end in CRLF, and empty ones before the first', () => {
    const { method, headers, body } = read(`\r\n${head.replaceAll('\n', '\r\n')}\r\n\r\n{"a":1}`)
    expect(method).toBe('POST')
    expect(headers[1]).toEqual(['content-type', 'application/json'])
    expect(Buffer.from(body).toString()).toBe('{"a":1}')
  })

  test('may have no body, no HTTP version and a whole URL', () => {
    const message = read('GET https://pay.test/v1/bills?x=%7e&&')
    expect(message).toMatchObject({ method: 'GET', target: 'https://pay.test/v1/bills?x=%7e&&' })
    expect(message.body).toHaveLength(0)
  })

  test('keeps repeated headers, and values without the spaces around them', () => {
    const message = read('GET / HTTP/1.1\nX-A: 1\nx-a: \t2 \n\n')
    expect(headerValues(message, 'x-a')).toEqual(['1', '2'])
  })

  test.each([
    ['', /there is no input/],
    ['\n\n', /there is no input/],
    ['hello', /must be like "POST/],
    ['HTTP/1.1 200 OK\n\n', /must be like "POST/],
    ['POST /a b HTTP/1.1\n\n', /must be like "POST/],
    ['POST / HTTP/1.1\nno header\n\n', /line 2 is "no header"/],
    ['POST / HTTP/1.1\nA: 1\n folded\n\n', /line 3/],
    ['POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n0\r\n\r\n', /without its chunks/],
    ['POST / HTTP/1.1\nContent-Length: x\n\n', /Content-Length is x/],
  ])('%#: is refused with the reason when it is none', (text, reason) => {
    expect(() => read(text)).toThrow(UnusableMessage)
    expect(() => read(text)).toThrow(reason)
  })
})

describe('the body', () => {
  test('is exactly Content-Length bytes; a newline that an editor added is left out and told', () => {
    const text = `${head}\nContent-Length: 9\n\n{"a":"学"}\n`
    expect(() => read(text.replace('\n\n', '\n\n').replace(': 9', ': 99'))).toThrow(/is 99, but 12/)
    const message = read(text.replace(': 9', ': 11'))
    expect(Buffer.from(message.body).toString()).toBe('{"a":"学"}')
    expect(message.notes).toEqual(['1 byte after the 11 that Content-Length names were left out.'])
  })

  test('without Content-Length is everything, and a newline at its end is pointed out', () => {
    expect(bodyOf(`${head}\n\n{"a":1}\n`)).toBe('{"a":1}\n')
    expect(read(`${head}\n\n{"a":1}\n`).notes).toEqual([
      expect.stringContaining('newline at the end'),
    ])
  })

  test('keeps CRLF, empty lines and bytes that are no text', () => {
    expect(bodyOf(`${head}\n\na\r\n\r\nb`)).toBe('a\r\n\r\nb')
    const bytes = Buffer.concat([Buffer.from(`${head}\n\n`), Buffer.from([0xff, 0x00, 0xfe])])
    expect([...readHttpMessage(bytes).body]).toEqual([0xff, 0x00, 0xfe])
  })
})
