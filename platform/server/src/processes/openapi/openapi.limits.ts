type Schema = Readonly<Record<string, unknown>>

/** `^bill_[0-7][0-9a-hjkmnp-tv-z]{25}$`: a TypeID, whose suffix has 26 characters. */
const ID_PATTERN = /^\^(\w+_)\[0-7\]\[0-9a-hjkmnp-tv-z\]\{25\}\$$/
/** `^[A-Z]{3}$`: so many of one class. */
const FIXED_PATTERN = /^\^\[[^\]]+\]\{(\d+)\}\$$/
const INT32_MAX = 2 ** 31 - 1

/**
 * Limits that follow from what a schema says anyway, written out for tools that only look for the words:
 * the length of a pattern of fixed length, and the width of an integer.
 */
export function withLimits(schema: Schema): Schema {
  const types = [schema.type].flat()
  if (types.includes('integer')) return { format: formatOf(schema), ...schema }
  if (!types.includes('string') || schema.maxLength !== undefined) return schema
  const length = lengthOf(String(schema.pattern ?? ''))
  return length === undefined ? schema : { ...schema, maxLength: length }
}

/** Members of an `allOf` are one text with their parent: the parent's length is theirs. */
export function withSharedLength(schema: Schema): Schema {
  const { allOf, maxLength } = schema
  if (!Array.isArray(allOf) || maxLength === undefined) return schema
  return { ...schema, allOf: allOf.map((member: Schema) => ({ ...member, maxLength })) }
}

function lengthOf(pattern: string): number | undefined {
  const prefix = ID_PATTERN.exec(pattern)?.[1]
  if (prefix !== undefined) return prefix.length + 26
  const fixed = FIXED_PATTERN.exec(pattern)?.[1]
  return fixed === undefined ? undefined : Number(fixed)
}

function formatOf({ maximum }: Schema): 'int32' | 'int64' {
  return typeof maximum === 'number' && maximum <= INT32_MAX ? 'int32' : 'int64'
}
