const QUOTE = 0x22
const BACKSLASH = 0x5c
const NESTING_MAX = 32

/** Where a value stands in the bytes: `bytes.subarray(start, end)` is the value and nothing else. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The bytes are not the JSON they should be. */
export class ScanFault extends Error {}

/**
 * Finds values in JSON that is still bytes, because a signature is over bytes. It knows GB18030 as
 * far as it must: the second byte of a character may look like `{`, `}` or `\`, but begins none.
 */
export class JsonScanner {
  private at = 0

  constructor(private readonly bytes: Buffer) {}

  /** The members of the object that is here. Two of one name are a fault: which one was meant? */
  readObject(nesting = 0): ReadonlyMap<string, Span> {
    const members = new Map<string, Span>()
    this.expect('{')
    if (this.takes('}')) return members
    do {
      const key = this.keyAt(this.skipString())
      this.expect(':')
      if (members.has(key)) throw new ScanFault('a member stands there twice')
      members.set(key, this.skipValue(nesting + 1))
    } while (this.takes(','))
    this.expect('}')
    return members
  }

  /** Nothing but white space may follow. */
  expectEnd(): void {
    this.skipSpace()
    if (this.at !== this.bytes.length) throw new ScanFault('something follows the end')
  }

  private skipValue(nesting: number): Span {
    if (nesting > NESTING_MAX) throw new ScanFault('it is nested too deeply')
    this.skipSpace()
    const start = this.at
    const first = this.bytes[start]
    if (first === QUOTE) this.skipString()
    else if (first === code('{')) this.readObject(nesting)
    else if (first === code('[')) this.skipArray(nesting)
    else this.skipWord()
    return { start, end: this.at }
  }

  private skipArray(nesting: number): void {
    this.expect('[')
    if (this.takes(']')) return
    do this.skipValue(nesting + 1)
    while (this.takes(','))
    this.expect(']')
  }

  private skipString(): Span {
    this.skipSpace()
    const start = this.at
    this.expect('"')
    while (this.bytes[this.at] !== QUOTE) {
      if (this.bytes[this.at] === BACKSLASH) this.at += 1
      this.at += this.characterLength()
    }
    this.at += 1
    return { start, end: this.at }
  }

  /** A number, true, false or null; JSON.parse looks closer at it afterwards. */
  private skipWord(): void {
    const start = this.at
    while (/[-+.0-9a-zA-Z]/.test(String.fromCharCode(this.bytes[this.at] ?? 0))) this.at += 1
    if (this.at === start) throw new ScanFault('a value is missing')
  }

  /** GB18030: one byte below 0x80; two, or four when the second is a digit. */
  private characterLength(): number {
    const lead = this.bytes[this.at]
    if (lead === undefined) throw new ScanFault('it ends too early')
    if (lead < 0x80) return 1
    const second = this.bytes[this.at + 1]
    if (lead === 0x80 || lead === 0xff || second === undefined) throw new ScanFault('not GB18030')
    if (second >= 0x30 && second <= 0x39) return 4
    if (second < 0x40 || second === 0x7f || second === 0xff) throw new ScanFault('not GB18030')
    return 2
  }

  /** Names are ASCII, without escapes: another spelling of one is not that name. */
  private keyAt(span: Span): string {
    return this.bytes.toString('latin1', span.start + 1, span.end - 1)
  }

  private expect(character: string): void {
    if (!this.takes(character)) throw new ScanFault(`there should be ${character}`)
  }

  private takes(character: string): boolean {
    this.skipSpace()
    if (this.bytes[this.at] !== code(character)) return false
    this.at += 1
    return true
  }

  private skipSpace(): void {
    while ([0x20, 0x09, 0x0a, 0x0d].includes(this.bytes[this.at] ?? 0)) this.at += 1
  }
}

function code(character: string): number {
  return character.charCodeAt(0)
}
