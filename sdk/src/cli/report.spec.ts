import { describe, expect, test } from '@jest/globals'
import type { Diagnosis } from './diagnosis.js'
import { report } from './report.js'

const base = '"@method": POST\n"@target-uri": https://pay.test/v1/x?a=1\n"@signature-params": ()'

const diagnosis = (changes: Partial<Diagnosis> = {}): Diagnosis => ({
  valid: false,
  code: 'signature_invalid',
  cause: 'query_missing',
  detail: 'You signed the URL without its query.',
  expected_base: base,
  received_base: null,
  first_difference: null,
  ...changes,
})

const mark = (column: number) => `    ${' '.repeat(column)}^ the first difference: byte`

describe('the report', () => {
  test('marks the first byte that differs, below the lines of both sides', () => {
    const received_base = base.replace('?a=1', '')
    const first_difference = { offset: 53, received: 'https://pay.test/v1/x' }
    const text = report(diagnosis({ received_base, first_difference }), [])
    expect(text).toContain('NOT VALID: signature_invalid')
    expect(text).toContain('Cause: You signed the URL without its query.')
    expect(text).toContain("To do: make your program sign the platform's string")
    expect(text.split('\n').slice(-7)).toEqual([
      "The signature base: - the platform's, + yours",
      '    "@method": POST',
      '  - "@target-uri": https://pay.test/v1/x?a=1',
      '  + "@target-uri": https://pay.test/v1/x',
      `${mark(37)} 53, line 2`,
      '    "@signature-params": ()',
      '',
    ])
  })

  test('marks a difference that was found by trying, in the one string there is', () => {
    const first_difference = { offset: 53, received: '/v1/x\n"@sig' }
    const text = report(diagnosis({ first_difference }), [])
    expect(text).toContain(
      `    "@target-uri": https://pay.test/v1/x?a=1\n${mark(37)} 53, line 2; you signed …/v1/x\\n"@sig…`,
    )
  })

  test('shows what cannot be seen', () => {
    const received_base = base.replaceAll('\n', '\r\n')
    const first_difference = { offset: 15, received: 'POST\r\n' }
    const text = report(diagnosis({ received_base, first_difference }), [])
    expect(text).toContain(`  + "@method": POST\\r\n${mark(15)} 15, line 1\n`)
  })

  test('shows a newline too many', () => {
    const first_difference = { offset: base.length, received: '()\n' }
    const text = report(diagnosis({ received_base: `${base}\n`, first_difference }), [])
    expect(text).toContain(
      `    "@signature-params": ()\n${mark(23)} ${base.length}, line 3\n  + \n`,
    )
  })

  test('asks for the signed string when nothing explains the refusal without it', () => {
    const text = report(diagnosis({ cause: 'unknown', detail: 'Another key.' }), [])
    expect(text).toContain('To do: put the string that your program signed')
    expect(text).toContain('The platform\'s signature base:\n    "@method": POST\n')
  })

  test('points at the key when both sides have the same string', () => {
    const text = report(diagnosis({ cause: 'wrong_key', received_base: base }), [])
    expect(text).toContain('To do: the string is right; correct the key')
    expect(text).toContain('the same on both sides')
  })

  test('says that a signature is valid, and what was assumed', () => {
    const valid = diagnosis({ valid: true, code: null, detail: 'The signature is valid.' })
    const text = report(valid, ['There is no Content-Length.'])
    expect(text).toMatch(/^VALID. The signature is valid\.\n\nNote: There is no Content-Length\./)
  })

  test('needs no base: some requests are refused before one can be built', () => {
    const early = diagnosis({ code: 'signature_missing', detail: 'Sign it.', expected_base: null })
    const text = report(early, [])
    expect(text).toMatch(/^NOT VALID: signature_missing\n\nCause: Sign it\.\nTo do: [^\n]+\n$/)
  })
})
