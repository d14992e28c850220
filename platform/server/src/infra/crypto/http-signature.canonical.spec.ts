import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readCanonicalBytes, readCanonicalInput } from './http-signature.canonical.js'
import { HttpSignatureError } from './http-signature.errors.js'
import { readFullInput } from './http-signature.fields.js'

const TYPICAL =
  'bursar=("@method" "@target-uri" "content-digest");created=1764000000;nonce="a b~!";keyid="key_1";tag="bursar-request"'

describe('readCanonicalInput', () => {
  test('reads what signers usually write', () => {
    expect(readCanonicalInput(TYPICAL)).toEqual(readFullInput(TYPICAL))
    expect(readCanonicalInput('b=("a");created=0')).toEqual(readFullInput('b=("a");created=0'))
  })

  test('reads nothing that the full parser refuses or reads otherwise', () => {
    const piece = fc.constantFrom(
      ...'"\\() =;:,?@aA1.0-\t',
      '"x"',
      ';created=1',
      ';nonce="n"',
      ';keyid=1',
      ';created="1"',
      ';x=1',
      ';req',
      ', b=("a")',
    )
    const edit = fc.tuple(fc.nat(), fc.nat(8), piece)
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
        let field = TYPICAL
        for (const [at, removed, added] of edits) {
          const start = at % (field.length + 1)
          field = field.slice(0, start) + added + field.slice(start + removed)
        }
        const quick = readCanonicalInput(field)
        if (quick) expect(readFullInput(field)).toEqual(quick)
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    'b=();created=1',
    'b=("a"  "b")',
    'b=("a" )',
    'b=("a";req)',
    'b=("a" "a")',
    'b=("a");created=1;created=1',
    'b=("a");created=01',
    'b=("a");created=1234567890123456',
    'b=("a");nonce="\\""',
    'b=("a");unknown=1',
    'b=("a"), c=("a")',
    ' b=("a")',
  ])('leaves %s to the full parser', (field) => {
    expect(readCanonicalInput(field)).toBeNull()
  })

  test('takes time in proportion to the length, whatever the text', () => {
    const startedAt = performance.now()
    for (const text of [
      'b=("a" '.repeat(600),
      `b=(${'"a" '.repeat(1000)}`,
      `b=("a")${';a="'.repeat(1000)}`,
    ]) {
      expect(readCanonicalInput(text)).toBeNull()
      expect(() => readFullInput(text)).toThrow(HttpSignatureError)
    }
    expect(performance.now() - startedAt).toBeLessThan(200)
  })
})

describe('readCanonicalBytes', () => {
  test('reads base64 that is written in the one right way', () => {
    expect(readCanonicalBytes('sha-256=:AAE=:')).toEqual({
      label: 'sha-256',
      bytes: Buffer.from([0, 1]),
    })
  })

  test.each([
    'a=:AAF=:',
    'a=:AAE:',
    'a=:AAE=:;x',
    'a=::',
    'a=:A=A=:',
    'A=:AAE=:',
    'a=:AAE=:, b=:AAE=:',
  ])('leaves %s to the full parser', (field) => expect(readCanonicalBytes(field)).toBeNull())
})
