import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  REDACTED,
  REDACTED_NAMES,
  REDACTED_TEXTS,
  redactJson,
  redactJsonText,
  redactOwnJsonText,
  redactPath,
  redactQuery,
  redactText,
} from './redaction.rules.js'

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'
const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----'

/** One example per rule: a rule without one fails the test below. */
const SECRETS: Record<keyof typeof REDACTED_TEXTS, string> = {
  'a webhook secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'a private key': PEM,
  'a JSON Web Token': JWT,
  'the credentials of a header': 'Bearer abcdefghijklmnop',
  "a cashier link's token": 'https://pay.example.edu/cashier/pay_01.t.abcdef',
  'an e-mail address': 'zhang.san@example.edu.cn',
  'a resident identity number': '11010519491231002X',
  'a mobile phone number': '13800138000',
  'a bank card number': '6222 0212 3456 7890 123',
}

describe('a member', () => {
  const names = Object.values(REDACTED_NAMES).flat()

  test.each(names)('named %s loses its value, however it is written', (name) => {
    for (const written of [name, `payer_${name}`, `${name}s`, name.toUpperCase(), `x-${name}`]) {
      expect(redactJson({ [written]: 'secret' })).toEqual({ [written]: REDACTED })
    }
  })

  test.each(['phoneNumber', 'idCard', 'accessToken', 'clientSecret', 'PrivateKey', '证件号'])(
    'named %s loses its value',
    (name) => expect(redactJson({ [name]: 'secret' })).toEqual({ [name]: REDACTED }),
  )

  test.each(['number_type', 'number_masked', 'name_masked', 'key_id', 'username_hint', 'amount'])(
    'named %s keeps it',
    (name) => expect(redactJson({ [name]: 'plain' })).toEqual({ [name]: 'plain' }),
  )

  test('that is private in a JSON Web Key loses its value, and the public ones stay', () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'xx', y: 'yy', d: 'private' }
    expect(redactJson({ jwk })).toEqual({ jwk: { ...jwk, d: REDACTED } })
    expect(redactJson({ d: 'nothing' })).toEqual({ d: 'nothing' })
  })
})

describe('a text', () => {
  test.each(Object.keys(REDACTED_TEXTS))('loses %s, wherever it stands', (rule) => {
    const secret = SECRETS[rule] ?? ''
    expect(secret).not.toBe('')
    const core = secret.split('/').at(-1) ?? ''
    for (const text of [secret, `call ${secret} now`, `"${secret}"`, `a=${secret}&b=1`]) {
      expect(redactText(text)).not.toContain(core)
      expect(redactText(text)).toContain(REDACTED)
    }
    expect(JSON.stringify(redactJson({ deep: [{ unforeseen: secret }] }))).not.toContain(core)
    expect(JSON.stringify(redactJson({ [secret]: 1 }))).not.toContain(core)
  })

  test.each([
    'pay_01m82avfcbektvjs1askg8k09s',
    '2026-11-22T19:13:44.853Z',
    'http://localhost:3000/cashier/assets/index-abc123.js',
    't-1234567890abcdef',
    'Basic fees of the term',
    '学费 2026-2027',
  ])('stays as it is: %s', (text) => expect(redactText(text)).toBe(text))
})

describe('a body', () => {
  test('keeps its shape, whatever it was', () => {
    const body = {
      payer: { name: { first: '三', last: '张' }, phones: ['13800138000', null], ok: true },
      list: [[{ token: 'x', n: 1 }], 'plain', 13_800_138_000],
      email: null,
      number: 123,
    }
    expect(redactJson(body)).toEqual({
      payer: { name: { first: REDACTED, last: REDACTED }, phones: [REDACTED, null], ok: true },
      list: [[{ token: REDACTED, n: 1 }], 'plain', 13_800_138_000],
      email: null,
      number: REDACTED,
    })
  })

  test('that is no JSON is not kept at all', () => {
    for (const text of ['{"name":"张三"', 'name=张三', '', '\u0000']) {
      expect(redactJsonText(text)).toBeNull()
    }
  })

  test('of ours comes to the same by the short way as by the long one', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.values(SECRETS), '":', '{"name":"x"}', 'a"b', '/cashier/'),
    )
    const name = fc.oneof(
      fc.constantFrom('name', 'phone', 'kty', 'd', 'amount', 'x":'),
      fc.string(),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(value, (body) => {
        const written = JSON.stringify(body)
        expect(redactOwnJsonText(written)).toBe(redactJsonText(written))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('an address', () => {
  test.each([
    ['limit=20&status=paid', 'limit=20&status=paid'],
    ['access_token=abc&x=1', `access_token=${REDACTED}&x=1`],
    ['access%5Ftoken=abc', `access%5Ftoken=${REDACTED}`],
    ['q=138%200013%208000', `q=${REDACTED}`],
    ['q=zhang%40example.edu', `q=${REDACTED}`],
    ['token', 'token'],
    ['a=%zz', 'a=%zz'],
  ])('with the query %s keeps %s', (query, kept) => expect(redactQuery(query)).toBe(kept))

  test.each([
    ['/v1/payments', '/v1/payments'],
    ['/cashier/api/abc.def/pay', `/cashier/api/${REDACTED}/pay`],
    ['/v1/payers/13800138000', `/v1/payers/${REDACTED}`],
    ['/v1/payers/zhang%40example.edu', `/v1/payers/${REDACTED}`],
    ['/v1/%zz', '/v1/%zz'],
  ])('with the path %s keeps %s', (path, kept) => expect(redactPath(path)).toBe(kept))
})
