import { describe, expect, test } from '@jest/globals'
import { buildSignatureBase, targetUriOf } from './http-signature.base.js'
import { HttpSignatureError } from './http-signature.errors.js'
import { parseSignature, parseSignatureInput } from './http-signature.fields.js'
import { HeaderFields } from './http-signature.headers.js'

const request = {
  method: 'GET',
  targetUri: 'https://Pay.example.edu/v1/a%20b?x=1&x=2',
  headers: new HeaderFields(['X-Name', '  padded\t', 'Dpop', 'a', 'dpop', 'b']),
}

function problemOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof HttpSignatureError) return error.problem
    throw error
  }
  return 'none'
}

function baseOf(list: string, response?: { status: number; headers: HeaderFields }): string {
  return buildSignatureBase(parseSignatureInput(`b=${list}`), request, response).toString()
}

describe('buildSignatureBase', () => {
  test('takes every derived component from the target URI', () => {
    const list =
      '("@method" "@target-uri" "@scheme" "@authority" "@path" "@query" "@request-target" "x-name")'
    expect(baseOf(list).split('\n')).toEqual([
      '"@method": GET',
      '"@target-uri": https://Pay.example.edu/v1/a%20b?x=1&x=2',
      '"@scheme": https',
      '"@authority": pay.example.edu',
      '"@path": /v1/a%20b',
      '"@query": ?x=1&x=2',
      '"@request-target": /v1/a%20b?x=1&x=2',
      '"x-name": padded',
      `"@signature-params": ${list}`,
    ])
  })

  test('writes the parameters in the order received and without optional spaces', () => {
    expect(baseOf('( "@method" );  keyid="a\\"b"; created=1;x;y=?0;z=1.5;t=tok')).toBe(
      '"@method": GET\n"@signature-params": ("@method");keyid="a\\"b";created=1;x;y=?0;z=1.5;t=tok',
    )
  })

  test('takes ;req components of a response from the request', () => {
    const response = { status: 201, headers: new HeaderFields([]) }
    expect(baseOf('("@status" "@method";req "x-name";req)', response)).toBe(
      '"@status": 201\n"@method";req: GET\n"x-name";req: padded\n"@signature-params": ("@status" "@method";req "x-name";req)',
    )
    expect(problemOf(() => baseOf('("@method")', response))).toBe('malformed')
    expect(problemOf(() => baseOf('("x-name")', response))).toBe('component_absent')
  })

  test.each([
    ['("x-absent")', 'component_absent'],
    ['("dpop")', 'ambiguous'],
    ['("@status")', 'malformed'],
    ['("@method";req)', 'malformed'],
    ['("@unknown")', 'malformed'],
    ['("signature-input")', 'malformed'],
  ])('refuses %s as %s', (list, problem) => {
    expect(problemOf(() => baseOf(list))).toBe(problem)
  })
})

describe('parseSignatureInput', () => {
  test.each([
    ['', 'malformed'],
    ['b', 'malformed'],
    ['b="x"', 'malformed'],
    ['b=(@method)', 'malformed'],
    ['b=("A")', 'malformed'],
    ['b=("a b")', 'malformed'],
    ['b=("a" "a")', 'malformed'],
    ['b=("a";key="x")', 'malformed'],
    ['b=("a";bs)', 'malformed'],
    ['b=("a";req="1")', 'malformed'],
    ['b=("a");created="1"', 'malformed'],
    ['b=("a");created=1.0', 'malformed'],
    ['b=("a");created=@1', 'malformed'],
    ['b=("a");nonce=token', 'malformed'],
    ['b=("a");keyid', 'malformed'],
    ['b=("a");created=1;created=1', 'malformed'],
    ['b=("a"), b=("a")', 'malformed'],
    ['b=("a"), c=("a")', 'ambiguous'],
    ['b=("a"),', 'malformed'],
    ['b=("a") x', 'malformed'],
  ])('refuses %s as %s', (field, problem) => {
    expect(problemOf(() => parseSignatureInput(field))).toBe(problem)
  })
})

describe('parseSignature', () => {
  test.each([
    ['b=:AAE=:;x', 'malformed'],
    ['b=(:AAE=:)', 'malformed'],
    ['b=AAE=', 'malformed'],
    ['b=:AAE:', 'malformed'],
    ['b=:AAF=:', 'malformed'],
    ['b=:AAE=:, c=:AAE=:', 'ambiguous'],
  ])('refuses %s as %s', (field, problem) => {
    expect(problemOf(() => parseSignature(field))).toBe(problem)
  })

  test('reads base64 between colons', () => {
    expect(parseSignature('b=:AAE=:')).toEqual({ label: 'b', signature: Buffer.from([0, 1]) })
  })
})

test('targetUriOf takes the target as it came and only in origin form', () => {
  const origin = 'https://pay.example.edu'
  expect(targetUriOf(origin, '/v1//a/../b?%7e=#&')).toBe(`${origin}/v1//a/../b?%7e=#&`)
  for (const target of ['', '*', 'https://evil/', '/a b', '/学', '/a\r\nx', 'v1']) {
    expect(targetUriOf(origin, target)).toBeNull()
  }
})
