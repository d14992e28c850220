import type { KeyObject } from 'node:crypto'
import { sm2, sm3 } from 'sm-crypto-v2'

/** GM/T 0009 section 10: the user ID of whoever has no other. Both sides must use the same one. */
export const SM2_USER_ID = '1234567812345678'

/**
 * A SubjectPublicKeyInfo (RFC 5480) of the algorithm id-ecPublicKey (1.2.840.10045.2.1) on the curve
 * SM2 (1.2.156.10197.1.301), up to the uncompressed point. The named curve is the only accepted one: a
 * key that brings its own parameters could bring a weak curve.
 */
const SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d03420004', 'hex')
const POINT_HEX_AT = SPKI_HEAD.length - 1
const SPKI_BYTES = 91

/** The order of the curve's base point (GM/T 0003.5). */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const SIGNATURE_BYTES = 64

type Point = ReturnType<typeof sm2.precomputePublicKey>

/** A table of multiples makes verifying about four times faster and takes 75 KiB. */
const TABLE_WINDOW_BITS = 6
const TABLES_MAX = 200

/** Keys with a table, the one used longest ago first. */
const tables = new Map<KeyObject, Point>()
/** Points of keys that were used once: the second use is worth a table. */
const points = new WeakMap<KeyObject, string>()

/** Node reads SM2 keys, gives some of them no type at all, and would verify them without the user ID. */
export function isSm2Key(key: KeyObject): boolean {
  return pointOf(key) !== null
}

/** Whether r‖s, 32 bytes each, is this key's SM2 signature with SM3 over the message (GB/T 32918.2). */
export function verifySm2(
  key: KeyObject,
  message: Buffer,
  signature: Buffer,
  userId = SM2_USER_ID,
): boolean {
  const hex = readSignature(signature)
  const point = hex === null ? null : preparedPointOf(key)
  if (hex === null || point === null) return false
  return sm2.doVerifySignature(message, hex, point, { hash: true, userId })
}

/** Whether it is one over SM3(message), without the signer's Z: a mistake to be found, never accepted. */
export function verifySm2Digest(key: KeyObject, message: Buffer, signature: Buffer): boolean {
  const hex = readSignature(signature)
  const point = hex === null ? null : preparedPointOf(key)
  if (hex === null || point === null) return false
  return sm2.doVerifySignature(Buffer.from(sm3(message), 'hex'), hex, point, { hash: false })
}

/** In hex, when r and s are in range: steps B1 and B2 of the standard, which the library leaves out. */
function readSignature(signature: Buffer): string | null {
  if (signature.length !== SIGNATURE_BYTES) return null
  const hex = signature.toString('hex')
  const areScalars = isScalar(hex.slice(0, SIGNATURE_BYTES)) && isScalar(hex.slice(SIGNATURE_BYTES))
  return areScalars ? hex : null
}

function isScalar(hex: string): boolean {
  const number = BigInt(`0x${hex}`)
  return number > 0n && number < ORDER
}

function preparedPointOf(key: KeyObject): Point | string | null {
  const known = tables.get(key)
  if (known) {
    tables.delete(key)
    tables.set(key, known)
    return known
  }
  const used = points.get(key)
  const point = used ?? pointOf(key)
  if (point === null) return null
  if (used === undefined) {
    points.set(key, point)
    return point
  }
  const table = sm2.precomputePublicKey(point, TABLE_WINDOW_BITS)
  tables.set(key, table)
  for (const oldest of tables.keys()) {
    if (tables.size <= TABLES_MAX) break
    tables.delete(oldest)
  }
  return table
}

/** The uncompressed point in hex. Reading the key checked that it lies on the curve. */
function pointOf(key: KeyObject): string | null {
  if (key.type !== 'public') return null
  const der = key.export({ format: 'der', type: 'spki' })
  const isSm2 = der.length === SPKI_BYTES && der.subarray(0, SPKI_HEAD.length).equals(SPKI_HEAD)
  return isSm2 ? der.subarray(POINT_HEX_AT).toString('hex') : null
}
