import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { validationProblem } from './validation.js'

const Schema = z
  .strictObject({
    text: z.string().min(2).max(4),
    number: z.int().min(1).max(10),
    choice: z.enum(['a', 'b']),
    exact: z.literal('x'),
    moment: z.iso.datetime({ offset: true }),
    address: z.url(),
    pairs: z.record(z.string().max(2), z.string()),
    list: z.array(z.strictObject({ name: z.string() })).max(2),
    either: z.union([z.string(), z.number()]),
    checked: z.string().refine((value) => value === 'q', 'must be q'),
    named: z
      .string()
      .refine((value) => value === 'q', { params: { code: 'currency_unsupported' } }),
    misnamed: z.string().refine((value) => value === 'q', { params: { code: 'toString' } }),
  })
  .partial()

const problemOf = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value)
  if (parsed.success) throw new Error('the value is valid')
  return validationProblem(parsed.error.issues)
}
const errorsOf = (schema: z.ZodType, value: unknown) =>
  (problemOf(schema, value).options.errors ?? []).map(({ code, pointer }) => [code, pointer])

describe('validationProblem', () => {
  test.each<[string, unknown, string, string]>([
    ['a wrong type', { text: 1 }, 'field_type_invalid', '/text'],
    ['a fraction', { number: 1.5 }, 'field_type_invalid', '/number'],
    ['null', { text: null }, 'field_type_invalid', '/text'],
    ['too short a text', { text: 'a' }, 'field_out_of_range', '/text'],
    ['too long a text', { text: 'abcde' }, 'field_out_of_range', '/text'],
    ['too small a number', { number: 0 }, 'field_out_of_range', '/number'],
    ['too large a number', { number: 11 }, 'field_out_of_range', '/number'],
    ['no choice of ours', { choice: 'c' }, 'field_value_invalid', '/choice'],
    ['another literal', { exact: 'y' }, 'field_value_invalid', '/exact'],
    ['no time', { moment: 'tomorrow' }, 'field_format_invalid', '/moment'],
    ['no address', { address: 'x' }, 'field_format_invalid', '/address'],
    ['a bad key', { pairs: { abc: '' } }, 'field_value_invalid', '/pairs/abc'],
    ['a bad value', { pairs: { a: 1 } }, 'field_type_invalid', '/pairs/a'],
    ['a key that needs escaping', { pairs: { '~/': 1 } }, 'field_type_invalid', '/pairs/~0~1'],
    ['a bad element', { list: [{ name: 1 }] }, 'field_type_invalid', '/list/0/name'],
    [
      'too many elements',
      { list: [{ name: '' }, { name: '' }, { name: '' }] },
      'field_out_of_range',
      '/list',
    ],
    ['neither of a union', { either: true }, 'field_value_invalid', '/either'],
    ['a broken rule', { checked: 'z' }, 'field_value_invalid', '/checked'],
    ['a broken rule with a code of its own', { named: 'z' }, 'currency_unsupported', '/named'],
    ['a broken rule with a code of nobody', { misnamed: 'z' }, 'field_value_invalid', '/misnamed'],
    ['an unknown field', { other: 1 }, 'field_unknown', '/other'],
    ['an unknown field inside', { list: [{ name: '', x: 1 }] }, 'field_unknown', '/list/0/x'],
    ['a body that is no object', [], 'field_type_invalid', ''],
    ['no body', undefined, 'body_missing', ''],
  ])('says of %s what and where', (_, value, code, pointer) => {
    expect(errorsOf(Schema, value)).toEqual([[code, pointer]])
  })

  test('says of every field that is missing that it is missing, a choice too', () => {
    const required = Schema.required()
    const missing = Object.keys(required.shape).filter((name) => name !== 'either')
    const errors = errorsOf(required, {})
    for (const name of missing) expect(errors).toContainEqual(['field_missing', `/${name}`])
  })

  test('names every unknown field, and lists all problems with the first on top', () => {
    const problem = problemOf(Schema, { text: 1, number: 0, x: 1, y: 2 })
    expect(problem.code).toBe('field_type_invalid')
    expect(problem.message).toMatch(/^\/text: /)
    expect(problem.options.errors).toHaveLength(4)
  })

  test('lists twenty problems at most', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}`, 1]))
    expect(problemOf(Schema, many).options.errors).toHaveLength(20)
  })

  test('has an answer when a schema gives no issue', () => {
    expect(validationProblem([])).toMatchObject({ code: 'request_invalid' })
  })
})
