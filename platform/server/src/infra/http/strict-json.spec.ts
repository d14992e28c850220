import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseStrictJson, StrictJsonError } from './strict-json.js'

function parse(text: string): unknown {
  return parseStrictJson(Buffer.from(text))
}

function refusal(text: string | Buffer, depthMax = 32): { code: string; pointer: string } {
  try {
    parseStrictJson(Buffer.from(text), { depthMax })
  } catch (error) {
    if (error instanceof StrictJsonError) return { code: error.code, pointer: error.pointer }
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

const storable = (text: string) => text.isWellFormed() && !text.includes('\0')
const key = fc.string({ unit: 'binary' }).filter((text) => storable(text) && text !== '__proto__')
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -1, 1.5, Number.MAX_SAFE_INTEGER),
    fc.maxSafeInteger(),
    fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    fc.string({ unit: 'binary' }).filter(storable),
    fc.array(tie('document'), { maxLength: 5 }),
    fc.dictionary(key, tie('document'), { maxKeys: 20 }),
  ),
}))

describe('a document that every parser reads alike', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  test('may have a key with escapes and more keys than are compared one by one', () => {
    const text = `{"\\u0061b":1,${Array.from({ length: 100 }, (_, n) => `"k${n}":${n}`).join(',')}}`
    expect(parse(text)).toMatchObject({ ab: 1, k99: 99 })
  })

  test.each(['1', ' "x" ', 'null', '[]', '{}', '\t[1 , 2]\r\n', '-0', '1.0', '"\\ud83d\\ude00"'])(
    'may be %j',
    (text) => expect(parse(text)).toEqual(JSON.parse(text)),
  )
})

describe('whatever JSON.parse refuses is refused', () => {
  test('also after any change of a few characters', () => {
    const noise = fc.constantFrom(...'{}[]",:\\u0123456789.-+eE \n\t\u0001truefalsn\ufeff/*')
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.string({ unit: noise, maxLength: 3 }))
    fc.assert(
      fc.property(document, fc.array(edit, { maxLength: 3 }), (value, edits) => {
        let text = JSON.stringify(value)
        for (const [at, removed, added] of edits) {
          const start = at % (text.length + 1)
          text = text.slice(0, start) + added + text.slice(start + removed)
        }
        fc.pre(text.isWellFormed())
        const mine = outcomeOf(() => parse(text))
        const native = outcomeOf(() => JSON.parse(text))
        if (!native.ok) expect(mine).toMatchObject({ ok: false })
        // What only we refuse has a reason of its own.
        else if (!mine.ok) expect(mine.error).toBeInstanceOf(StrictJsonError)
        else expect(mine.value).toEqual(native.value)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    '',
    ' ',
    '{',
    '[1',
    '"abc',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '[1,]',
    '[,1]',
    '{a:1}',
    "{'a':1}",
    '01',
    '+1',
    '1.',
    '.5',
    '1e',
    'NaN',
    'tru',
    'truex',
    '"\\x"',
    '"\\u12g4"',
    '"\n"',
    '{} {}',
    '[]x',
    '// a\n{}',
    '\ufeff{}',
  ])('%j', (text) => {
    expect(() => JSON.parse(text)).toThrow()
    expect(refusal(text).code).toBe('json_malformed')
  })
})

describe('what JSON.parse would let through is refused', () => {
  test.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['[{"b":{"x/~":1,"c":[],"x/~":1}}]', '/0/b/x~1~0'],
    ['{"":1,"":2}', '/'],
  ])('a key that occurs twice: %s', (text, pointer) => {
    expect(refusal(text)).toEqual({ code: 'json_duplicate_key', pointer })
  })

  test('a key that occurs twice among many', () => {
    const keys = Array.from({ length: 500 }, (_, n) => `"k${n}":0`)
    expect(refusal(`{${[...keys, '"k250":1'].join(',')}}`).code).toBe('json_duplicate_key')
  })

  test('the key __proto__, also when it is written with escapes', () => {
    expect(refusal('{"a":{"__proto__":{}}}')).toEqual({
      code: 'json_malformed',
      pointer: '/a/__proto__',
    })
    expect(refusal('{"\\u005f_proto__":1}').code).toBe('json_malformed')
  })

  test('more than 32 levels, and not fewer', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parse(nested(32))).not.toThrow()
    expect(refusal(nested(33)).code).toBe('json_too_deep')
    expect(refusal(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`).code).toBe('json_too_deep')
    expect(refusal('['.repeat(1_000_000)).code).toBe('json_too_deep')
    expect(refusal('{"a":[]}', 1)).toEqual({ code: 'json_too_deep', pointer: '/a' })
  })

  test.each([
    '9007199254740992',
    '-9007199254740992',
    '9007199254740993.0',
    '12345678901234567890',
    '1e400',
    '1e16',
    '1e-400',
    '1.00000000000000000001',
    '9007199254740990.5',
    '9007199254740990.5e0',
    '0.1234567890123456789',
  ])('the number %s, which would be kept as another', (number) => {
    expect(refusal(`{"amount":${number}}`)).toEqual({
      code: 'json_number_out_of_range',
      pointer: '/amount',
    })
  })

  test.each([
    '9007199254740991',
    '-9007199254740991',
    '1e2',
    '1.5e1',
    '100.0000000000000000',
    '0e9',
  ])('but not the number %s', (number) => expect(parse(number)).toBe(Number(number)))

  test.each([
    Buffer.from([0x22, 0xff, 0x22]),
    Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    Buffer.from([0x22, 0xe5, 0x22]),
  ])('bytes that are not UTF-8: %p', (bytes) => {
    expect(refusal(bytes).code).toBe('json_invalid_utf8')
  })

  test.each(['"\\ud800"', '"\\ude00x"', '"\\ud800\\u0041"', '{"\\udfff":1}'])(
    'half a surrogate pair: %s',
    (text) => expect(refusal(text).code).toBe('json_invalid_utf8'),
  )

  test('U+0000, which PostgreSQL cannot store', () => {
    expect(refusal('{"name":"a\\u0000"}')).toEqual({ code: 'json_malformed', pointer: '/name' })
  })
})

test('an error says what is wrong, where, and how it may be answered', () => {
  expect(() => parse('{"bills":[{"amount":1},{"amount":1 2}]}')).toThrow(
    expect.objectContaining({
      spec: { status: 400, retryable: false },
      message: 'Expected a comma or } (at character 35 in /bills/1/amount)',
      options: {
        errors: [expect.objectContaining({ pointer: '/bills/1/amount', code: 'json_malformed' })],
      },
    }),
  )
})

type Result = { ok: true; value: unknown } | { ok: false; error: unknown }

function outcomeOf(read: () => unknown): Result {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    return { ok: false, error }
  }
}
