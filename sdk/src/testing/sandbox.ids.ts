import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Makes ids as the platform does: a prefix and a UUIDv7, which count upwards within one sandbox. */
export class IdMaker {
  #sequence = 0

  /** A new id that sorts after all earlier ones of the same or an earlier moment. */
  next(prefix: string, at: Date): string {
    this.#sequence += 1
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    view.setUint16(0, Math.floor(at.getTime() / 2 ** 32))
    view.setUint32(2, at.getTime() % 2 ** 32)
    // RFC 9562 Section 6.2, method 1: a counter where a single id would have random bits.
    view.setUint16(6, 0x7000 | ((this.#sequence >>> 12) & 0xfff))
    bytes.set(randomBytes(8), 8)
    view.setUint16(8, 0x8000 | (this.#sequence & 0xfff))
    return `${prefix}_${toBase32(bytes)}`
  }
}

/** 128 bits as 26 characters of 5 bits, the two leading bits being zero. */
function toBase32(bytes: Uint8Array): string {
  let number = bytes.reduce((total, byte) => total * 256n + BigInt(byte), 0n)
  let text = ''
  for (let position = 0; position < 26; position += 1) {
    text = ALPHABET.charAt(Number(number & 31n)) + text
    number >>= 5n
  }
  return text
}
