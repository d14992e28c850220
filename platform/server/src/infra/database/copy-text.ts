const SPECIAL = /[\\\n\r\t\0]/
/** Beyond this length four searches are faster than one expression. */
const SHORT = 64
const SPECIALS = /[\\\n\r\t\0]/g

/** How a text must be written; a null character, which PostgreSQL cannot hold, becomes U+FFFD. */
const WRITTEN: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\ufffd',
}

export type CopyValue = string | number | boolean | Date | Buffer | null

/** One row in the text format of COPY, with its line end. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = ''
  let separator = ''
  for (const value of values) {
    line += separator + copyText(value)
    separator = '\t'
  }
  return `${line}\n`
}

/** A value in the text format of COPY (PostgreSQL: COPY, "File Formats"). */
export function copyText(value: CopyValue): string {
  if (value === null) return '\\N'
  switch (typeof value) {
    case 'string':
      return isPlain(value) ? value : escaped(value)
    case 'number':
      return String(value)
    case 'boolean':
      return value ? 't' : 'f'
    default:
      return value instanceof Date ? value.toISOString() : `\\\\x${value.toString('hex')}`
  }
}

function escaped(text: string): string {
  // Lines without anything else are the commonest by far, and cheaper to join without a function.
  const hasOnlyLines = !['\\', '\r', '\t', '\0'].some((one) => text.includes(one))
  if (hasOnlyLines) return text.replaceAll('\n', '\\n')
  return text.replace(SPECIALS, (one) => WRITTEN[one] ?? '')
}

function isPlain(text: string): boolean {
  if (text.length < SHORT) return !SPECIAL.test(text)
  return !['\\', '\n', '\r', '\t', '\0'].some((one) => text.includes(one))
}
