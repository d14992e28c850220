import { describe, expect, test } from '@jest/globals'
import { makeContentDigest, matchesContentDigest, parseContentDigest } from './content-digest.js'
import { HttpSignatureError } from './http-signature.errors.js'

const body = Buffer.from('{"hello": "world"}\n')
const SHA_256 = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'

describe('Content-Digest', () => {
  test('is the one of RFC 9530 appendix B.1', () => {
    expect(makeContentDigest(body)).toBe(SHA_256)
    expect(matchesContentDigest(parseContentDigest(SHA_256), body)).toBe(true)
  })

  test('matches only when every digest that we can check matches', () => {
    const right = makeContentDigest(body, 'sha-512')
    const wrong = makeContentDigest(Buffer.from('x'), 'sha-512')
    expect(matchesContentDigest(parseContentDigest(`${SHA_256}, ${right}`), body)).toBe(true)
    expect(matchesContentDigest(parseContentDigest(`${SHA_256}, ${wrong}`), body)).toBe(false)
    expect(matchesContentDigest(parseContentDigest(`${wrong}, ${SHA_256}`), body)).toBe(false)
  })

  test('ignores an algorithm that it does not know beside one that it knows', () => {
    const digests = parseContentDigest(`unixsum=:AAA=:, ${SHA_256}`)
    expect(digests.map(({ algorithm }) => algorithm)).toEqual(['sha-256'])
  })

  test.each([
    '',
    'sha-256',
    'sha-256=RK',
    'sha-256=:AAAA:',
    'sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    'md5=:1B2M2Y8AsgTpgAmY7PhCfg==:',
    'SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    `${SHA_256}, ${SHA_256}`,
    `${SHA_256},`,
    'sha-256=(:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:)',
    `toString=:AAAA:`,
    `${SHA_256}, x="${'a'.repeat(2000)}"`,
  ])('refuses %j', (field) => {
    expect(() => parseContentDigest(field)).toThrow(HttpSignatureError)
  })
})
