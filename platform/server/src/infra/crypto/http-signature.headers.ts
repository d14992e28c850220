import { HttpSignatureError } from './http-signature.errors.js'

/** What RFC 9421 section 2.5 lets into a signature base: one line of ASCII, and no line break ever. */
const FIELD_VALUE = /^[\t\x20-\x7e]*$/

/** The header fields of one message, able to see that a field was sent twice. */
export class HeaderFields {
  private readonly values = new Map<string, string>()
  private readonly repeated = new Set<string>()

  /** Takes the flat `[name, value, name, value, …]` list that Node keeps as `rawHeaders`. */
  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] ?? '').toLowerCase()
      if (this.values.has(name)) this.repeated.add(name)
      else this.values.set(name, rawHeaders[index + 1] ?? '')
    }
  }

  has(name: string): boolean {
    return this.values.has(name)
  }

  /** The first value as it came, for headers that decide nothing. */
  first(name: string): string | null {
    return this.values.get(name) ?? null
  }

  /**
   * The one value of a field, trimmed, or null when it was not sent. RFC 9421 section 2.1 would join
   * repeated fields with commas; we refuse them, because a proxy may keep only the first or the last.
   */
  single(name: string): string | null {
    const value = this.values.get(name)
    if (value === undefined) return null
    if (this.repeated.has(name)) {
      throw new HttpSignatureError('ambiguous', `The header ${name} was sent more than once.`)
    }
    if (!FIELD_VALUE.test(value)) {
      throw new HttpSignatureError(
        'malformed',
        `The header ${name} contains a line break, a control character or a non-ASCII character.`,
      )
    }
    return /^[ \t]|[ \t]$/.test(value) ? trimWhitespace(value) : value
  }
}

/** Only the space and tab of RFC 9110 section 5.6.3; String.trim would take more. */
function trimWhitespace(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '')
}
