import { isExactEnough } from './strict-json.numbers.js'

/** What is wrong with a text, and where. */
export interface JsonFault {
  readonly code:
    | 'json_malformed'
    | 'json_duplicate_key'
    | 'json_too_deep'
    | 'json_invalid_utf8'
    | 'json_number_out_of_range'
  readonly reason: string
  readonly position: number
  readonly pointer: string
}

class FaultSignal extends Error {
  constructor(readonly fault: JsonFault) {
    super(fault.reason)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const ARRAY_OPEN = 0x5b
const ARRAY_CLOSE = 0x5d
const OBJECT_OPEN = 0x7b
const OBJECT_CLOSE = 0x7d

/** Sticky expressions: each matches exactly one token at a position, as RFC 8259 defines it. */
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Below this many keys a look through a list is faster than a Set. */
const KEYS_LINEAR_MAX = 12

/** One pass over a text, before `JSON.parse` builds it: grammar, depth, keys, strings and numbers. */
export class JsonScanner {
  private position = 0
  /** The key or index being read at each level; becomes the JSON Pointer of a fault. */
  private readonly path: (string | number)[] = []

  constructor(
    private readonly text: string,
    private readonly depthMax: number,
  ) {}

  /** The first fault, or null for a text that may be parsed. */
  scan(): JsonFault | null {
    try {
      this.scanValue()
      this.skipWhitespace()
      if (this.position < this.text.length) this.fail('There is text after the end of the document')
      return null
    } catch (error) {
      if (error instanceof FaultSignal) return error.fault
      throw error
    }
  }

  private scanValue(): void {
    this.skipWhitespace()
    const code = this.text.charCodeAt(this.position)
    if (code === QUOTE) this.scanString()
    else if (code === OBJECT_OPEN) this.scanObject()
    else if (code === ARRAY_OPEN) this.scanArray()
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) this.scanNumber()
    else if (!this.skipToken(LITERAL)) this.failUnexpected('a value')
  }

  private scanObject(): void {
    this.open()
    if (this.skipIf(OBJECT_CLOSE)) return
    const keys: string[] = []
    let keySet: Set<string> | null = null
    const level = this.path.length
    for (;;) {
      this.skipWhitespace()
      const keyStart = this.position
      if (this.text.charCodeAt(keyStart) !== QUOTE) this.failUnexpected('a key in double quotes')
      const hasEscapes = this.scanString()
      const key = this.readKey(keyStart, hasEscapes)
      this.path[level] = key
      if (key === '__proto__') this.fail('The key __proto__ is not allowed')
      if (keySet ? keySet.has(key) : keys.includes(key)) {
        this.fail(`The key ${JSON.stringify(key)} occurs twice`, 'json_duplicate_key')
      }
      keys.push(key)
      if (keySet) keySet.add(key)
      else if (keys.length > KEYS_LINEAR_MAX) keySet = new Set(keys)
      if (!this.skipIf(COLON)) this.failUnexpected('a colon')
      this.scanValue()
      if (this.skipIf(COMMA)) continue
      if (!this.skipIf(OBJECT_CLOSE)) this.failUnexpected('a comma or }')
      this.path.length = level
      return
    }
  }

  private scanArray(): void {
    this.open()
    if (this.skipIf(ARRAY_CLOSE)) return
    const level = this.path.length
    for (let index = 0; ; index += 1) {
      this.path[level] = index
      this.scanValue()
      if (this.skipIf(COMMA)) continue
      if (!this.skipIf(ARRAY_CLOSE)) this.failUnexpected('a comma or ]')
      this.path.length = level
      return
    }
  }

  /** Steps into an object or array. The path has one part for each one that is open around it. */
  private open(): void {
    if (this.path.length >= this.depthMax) {
      this.fail(`Objects and arrays are nested deeper than ${this.depthMax}`, 'json_too_deep')
    }
    this.position += 1
  }

  /** Leaves the position after the closing quote; true when the string contains escapes. */
  private scanString(): boolean {
    const { text } = this
    let hasEscapes = false
    this.position += 1
    for (;;) {
      const code = text.charCodeAt(this.position)
      if (code === QUOTE) {
        this.position += 1
        return hasEscapes
      }
      if (code === BACKSLASH) {
        hasEscapes = true
        this.scanEscape()
      } else if (code >= 0x20) {
        this.position += 1
      } else if (Number.isNaN(code)) {
        this.fail('The text ends inside a string')
      } else {
        this.fail('A string contains a control character; write it as an escape')
      }
    }
  }

  private scanEscape(): void {
    const start = this.position
    if (!this.skipToken(ESCAPE)) this.fail('A string contains an invalid escape')
    if (this.position - start !== 6) return
    const unit = this.codeUnit(start)
    // PostgreSQL stores no U+0000 in text, so what looks accepted would fail later.
    if (unit === 0) this.fail('A string contains the character U+0000')
    if (unit < 0xd800 || unit > 0xdfff) return
    const low = this.position
    const isPair = unit < 0xdc00 && this.text.startsWith('\\u', low) && this.skipToken(ESCAPE)
    const lowUnit = isPair ? this.codeUnit(low) : 0
    if (lowUnit < 0xdc00 || lowUnit > 0xdfff) {
      this.fail('A string contains half of a surrogate pair', 'json_invalid_utf8')
    }
  }

  private codeUnit(escapeStart: number): number {
    return Number.parseInt(this.text.slice(escapeStart + 2, escapeStart + 6), 16)
  }

  private readKey(start: number, hasEscapes: boolean): string {
    if (!hasEscapes) return this.text.slice(start + 1, this.position - 1)
    return String(JSON.parse(this.text.slice(start, this.position)))
  }

  private scanNumber(): void {
    const start = this.position
    if (!this.skipToken(NUMBER)) this.fail('A number is not written as JSON wants it')
    if (!isExactEnough(this.text.slice(start, this.position))) {
      this.fail(
        'A number is too large or too precise to be kept exactly; integers end at 9007199254740991',
        'json_number_out_of_range',
      )
    }
  }

  private skipToken(token: RegExp): boolean {
    token.lastIndex = this.position
    if (!token.test(this.text)) return false
    this.position = token.lastIndex
    return true
  }

  private skipIf(code: number): boolean {
    this.skipWhitespace()
    if (this.text.charCodeAt(this.position) !== code) return false
    this.position += 1
    return true
  }

  private skipWhitespace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.position += 1
    }
  }

  private failUnexpected(wanted: string): never {
    const isAtEnd = this.position >= this.text.length
    this.fail(isAtEnd ? `The text ends where ${wanted} was expected` : `Expected ${wanted}`)
  }

  private fail(reason: string, code: JsonFault['code'] = 'json_malformed'): never {
    const pointer = this.path
      .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('')
    throw new FaultSignal({ code, reason, position: this.position, pointer })
  }
}
