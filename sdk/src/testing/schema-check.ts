import type { FieldError } from '../core/errors.js'
import { isRecord } from '../core/problem.js'
import type { JsonSchema } from './json-schema.types.js'

/** A value with its defaults filled in, and everything that is wrong with it. */
export interface Checked {
  readonly value: unknown
  readonly errors: FieldError[]
}

type Components = Readonly<Record<string, JsonSchema>>

interface Place {
  readonly components: Components
  readonly pointer: string
  readonly errors: FieldError[]
}

const METADATA_PAIRS_MAX = 50
const METADATA_KEY_LENGTH_MAX = 40

/** Holds a value against a schema of the document, in the platform's codes (RFC 6901 pointers). */
export function checkSchema(
  schema: JsonSchema,
  value: unknown,
  components: Components,
  pointer = '',
): Checked {
  const errors: FieldError[] = []
  return { value: check(schema, value, { components, pointer, errors }), errors }
}

function check(given: JsonSchema, value: unknown, place: Place): unknown {
  const schema = resolved(given, place.components)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return checkChoices(choices, value, place)
  if (schema.enum && !schema.enum.includes(value)) {
    return refuse(place, 'field_value_invalid', `must be one of ${schema.enum.join(', ')}`)
  }
  const type = typeOf(schema, value)
  switch (type) {
    case undefined:
      return refuse(place, 'field_type_invalid', `must be of type ${String(schema.type)}`)
    case 'string':
      return checkText(schema, String(value), place)
    case 'integer':
    case 'number':
      return checkNumber(schema, Number(value), place)
    case 'array':
      return checkList(schema, Array.isArray(value) ? value : [], place)
    case 'object':
      return checkObject(schema, isRecord(value) ? value : {}, place)
    default:
      return value
  }
}

function resolved(schema: JsonSchema, components: Components): JsonSchema {
  const name = schema.$ref?.split('/').at(-1)
  if (name === undefined) return schema
  const component = components[name]
  if (component === undefined) throw new Error(`the document names no schema ${name}`)
  return component
}

/** Which of the schema's types the value is of; undefined when of none. */
function typeOf(schema: JsonSchema, value: unknown): string | undefined {
  const types = schema.type === undefined ? ['any'] : [schema.type].flat()
  return types.find((type) => {
    switch (type) {
      case 'any':
        return true
      case 'null':
        return value === null
      case 'array':
        return Array.isArray(value)
      case 'object':
        return isRecord(value)
      case 'integer':
        return Number.isInteger(value)
      default:
        return typeof value === type
    }
  })
}

function checkChoices(choices: readonly JsonSchema[], value: unknown, place: Place): unknown {
  for (const choice of choices) {
    const errors: FieldError[] = []
    const checked = check(choice, value, { ...place, errors })
    if (errors.length === 0) return checked
  }
  return refuse(place, 'field_value_invalid', 'fits none of the forms that this field may have')
}

function checkText(schema: JsonSchema, text: string, place: Place): string {
  const { maxLength = Number.POSITIVE_INFINITY, minLength } = schema
  const length = [...text].length
  const isLength = length >= (minLength ?? 0) && length <= maxLength
  const isForm = fitsFormat(schema, text) && fitsPatterns(schema, text)
  // Where there is no least length, the greatest one only follows from the form.
  if (!isLength && (minLength !== undefined || isForm)) {
    refuse(place, 'field_out_of_range', `must have ${minLength ?? 0} to ${maxLength} characters`)
  }
  if (!isForm) {
    refuse(place, 'field_format_invalid', `is not written as it must be: ${formOf(schema)}`)
  }
  return text
}

const formOf = ({ format, pattern }: JsonSchema): string => format ?? pattern ?? 'see the reference'

function fitsPatterns({ allOf = [], pattern }: JsonSchema, text: string): boolean {
  const patterns = [pattern, ...allOf.map((one) => one.pattern)]
  return patterns.every((one) => one === undefined || new RegExp(one, 'u').test(text))
}

function fitsFormat({ format }: JsonSchema, text: string): boolean {
  switch (format) {
    case 'date-time':
      return (
        /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) &&
        !Number.isNaN(Date.parse(text))
      )
    case 'uri':
      return /^https?:\/\/[^\s/]/.test(text) && URL.canParse(text)
    default:
      return true
  }
}

function checkNumber(schema: JsonSchema, value: number, place: Place): number {
  const { maximum = Number.POSITIVE_INFINITY, minimum = Number.NEGATIVE_INFINITY } = schema
  if (value < minimum || value > maximum) {
    refuse(place, 'field_out_of_range', `must be from ${minimum} to ${maximum}`)
  }
  return value
}

function checkList(schema: JsonSchema, list: readonly unknown[], place: Place): unknown[] {
  const { items = {}, maxItems = Number.POSITIVE_INFINITY, minItems = 0 } = schema
  const checked = list.map((item, index) => check(items, item, inside(place, String(index))))
  if (list.length < minItems || list.length > maxItems) {
    refuse(place, 'field_out_of_range', `must have ${minItems} to ${maxItems} elements`)
  }
  return checked
}

function checkObject(
  schema: JsonSchema,
  object: Record<string, unknown>,
  place: Place,
): Record<string, unknown> {
  const { additionalProperties = true, properties = {}, required = [] } = schema
  const checked: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    const at = inside(place, name)
    if (object[name] !== undefined) checked[name] = check(property, object[name], at)
    else if (required.includes(name)) refuse(at, 'field_missing', 'is required')
    else {
      const fallback = resolved(property, place.components).default
      if (fallback !== undefined) checked[name] = structuredClone(fallback)
    }
  }
  for (const [name, value] of Object.entries(object)) {
    if (Object.hasOwn(properties, name)) continue
    const at = inside(place, name)
    if (additionalProperties === false) {
      refuse(at, 'field_unknown', 'is not a field of this request; check its spelling')
    } else {
      const rest = additionalProperties === true ? {} : additionalProperties
      checked[name] = check(rest, value, at)
    }
  }
  if (place.pointer.endsWith('/metadata')) checkMetadata(object, place)
  return checked
}

/** What the document says of metadata in words only. */
function checkMetadata(metadata: object, place: Place): void {
  const names = Object.keys(metadata)
  if (names.length > METADATA_PAIRS_MAX) {
    refuse(place, 'field_value_invalid', `at most ${METADATA_PAIRS_MAX} pairs`)
  }
  for (const name of names) {
    if (name.length > 0 && name.length <= METADATA_KEY_LENGTH_MAX) continue
    const limit = `a name has 1 to ${METADATA_KEY_LENGTH_MAX} characters`
    refuse(inside(place, name), 'field_value_invalid', limit)
  }
}

function inside(place: Place, segment: string): Place {
  const escaped = segment.replaceAll('~', '~0').replaceAll('/', '~1')
  return { ...place, pointer: `${place.pointer}/${escaped}` }
}

function refuse({ errors, pointer }: Place, code: string, detail: string): undefined {
  errors.push({ pointer, code, detail })
}
