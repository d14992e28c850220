import { randomFillSync } from 'node:crypto'

/** Every prefix an id may carry. The prefix says what the object is; the rest sorts by time. */
export const ID_PREFIXES = [
  'inst',
  'dept',
  'app',
  'key',
  'opr',
  'payer',
  'item',
  'bill',
  'imp',
  'chk',
  'pay',
  'att',
  'ref',
  'wal',
  'evt',
  'whk',
  'dlv',
  'rec',
  'dif',
  'stl',
  'txn',
  'cor',
  'req',
  'cha',
  'late',
  'chr',
  'inc',
  'lim',
  'wtx',
  'ctr',
  'clk',
  'lrq',
  'rst',
  'exp',
  'rot',
  'rsd',
  'whg',
  'ses',
  'inv',
] as const
export type IdPrefix = (typeof ID_PREFIXES)[number]

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const POOL_BYTES = 4096
const pool = Buffer.alloc(POOL_BYTES)
let poolOffset = POOL_BYTES
let lastAtMs = 0
let sequence = 0

/**
 * A new TypeID: prefix, underscore, UUIDv7 (RFC 9562 section 5.7) in Crockford base32 (26 characters).
 * Random bytes come from a pool because one call per id to the kernel shows in profiles. Ids of one
 * millisecond count upwards (section 6.2, method 1), so that those of one process sort as they were made.
 */
export function newId<P extends IdPrefix>(prefix: P, atMs: number = Date.now()): `${P}_${string}` {
  if (poolOffset + 10 > POOL_BYTES) {
    randomFillSync(pool)
    poolOffset = 0
  }
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(atMs, 0, 6)
  pool.copy(bytes, 6, poolOffset, poolOffset + 10)
  poolOffset += 10
  // The counter begins at random with its highest bit clear, which leaves room for 2048 more.
  sequence = atMs === lastAtMs ? (sequence + 1) & 0xfff : bytes.readUInt16BE(6) & 0x7ff
  lastAtMs = atMs
  bytes.writeUInt16BE(0x7000 | sequence, 6)
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  return `${prefix}_${encodeBase32(bytes)}`
}

/** The part after the prefix. Its first character carries three bits only. */
const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}'
const SUFFIX_PATTERN = new RegExp(`^${SUFFIX}$`)

/** What a well-formed id of this kind looks like. */
export function idPattern(prefix: IdPrefix): RegExp {
  return new RegExp(`^${prefix}_${SUFFIX}$`)
}

/** Whether a text is a well-formed id of this kind. It says nothing about the object's existence. */
export function isId(text: string, prefix: IdPrefix): boolean {
  return text.startsWith(`${prefix}_`) && SUFFIX_PATTERN.test(text.slice(prefix.length + 1))
}

/** The time inside an id, in milliseconds since 1970. */
export function idTimeMs(id: string): number {
  const suffix = id.slice(id.lastIndexOf('_') + 1)
  let high = 0
  // The first ten characters carry 50 bits, of which the top 48 after two padding bits are the time.
  for (const character of suffix.slice(0, 10)) high = high * 32 + ALPHABET.indexOf(character)
  return high
}

/** Sorts before every id of this kind that is made at this time or later, and after every earlier one. */
export function idFloor<P extends IdPrefix>(prefix: P, atMs: number): `${P}_${string}` {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(atMs, 0, 6)
  return `${prefix}_${encodeBase32(bytes)}`
}

/** 128 bits as 26 characters of 5 bits, the two leading bits being zero. */
function encodeBase32(bytes: Buffer): string {
  let text = ''
  let bits = 2
  let buffer = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((buffer >>> bits) & 31)
    }
    buffer &= (1 << bits) - 1
  }
  return text
}
