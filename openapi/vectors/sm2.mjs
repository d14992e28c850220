// SM2 signatures (GB/T 32918.2, ISO/IEC 14888-3) in plain arithmetic, for the generator of the vectors
// only: slow, not constant in time, and so never to be used with a real key. It is written from the
// standard and shares nothing with the library that the server verifies with, so each checks the other.
import { createHash, createPrivateKey } from 'node:crypto'

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn
const A = P - 3n
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const G = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
}

/** The user ID that GM/T 0009 gives to whoever has no other. */
export const USER_ID = '1234567812345678'

const sm3 = (...parts) => createHash('sm3').update(Buffer.concat(parts)).digest()
const bytesOf = (number) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
const numberOf = (bytes) => BigInt(`0x${bytes.toString('hex')}`)
const mod = (a, m) => ((a % m) + m) % m

function inverse(a, m) {
  let [r, next, x, y] = [mod(a, m), m, 1n, 0n]
  while (next !== 0n) {
    const q = r / next
    ;[r, next, x, y] = [next, r - q * next, y, x - q * y]
  }
  return mod(x, m)
}

function add(left, right) {
  if (left === null) return right
  if (right === null) return left
  const isDouble = left.x === right.x
  if (isDouble && left.y !== right.y) return null
  const slope = isDouble
    ? (3n * left.x * left.x + A) * inverse(2n * left.y, P)
    : (right.y - left.y) * inverse(right.x - left.x, P)
  const x = mod(slope * slope - left.x - right.x, P)
  return { x, y: mod(slope * (left.x - x) - left.y, P) }
}

function multiply(point, factor) {
  let [sum, power] = [null, point]
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, power)
    power = add(power, power)
  }
  return sum
}

/** Section 5.5 of the standard: what binds a signature to the signer's name and key. */
function identityDigest(point, userId) {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(userId) * 8)
  const numbers = [A, B, G.x, G.y, point.x, point.y].map(bytesOf)
  return sm3(length, Buffer.from(userId), ...numbers)
}

/** The last 32 bytes of the ECPrivateKey (RFC 5915) come after `0201010420`. */
function secretOf(pem) {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
  const at = der.indexOf(Buffer.from('0201010420', 'hex')) + 5
  return numberOf(der.subarray(at, at + 32))
}

/**
 * The 64 raw bytes r‖s. The secret number k comes from key and message, so that the vectors stay the
 * same; real signers take a random one. `isPlainHash` leaves the identity out: a common mistake.
 */
export function signSm2(pem, message, { userId = USER_ID, isPlainHash = false } = {}) {
  const secret = secretOf(pem)
  const point = multiply(G, secret)
  const e = numberOf(isPlainHash ? sm3(message) : sm3(identityDigest(point, userId), message))
  const k = 1n + (numberOf(sm3(bytesOf(secret), message)) % (N - 1n))
  const r = mod(e + multiply(G, k).x, N)
  const s = mod(inverse(1n + secret, N) * (k - r * secret), N)
  return Buffer.concat([bytesOf(r), bytesOf(s)])
}

/** The DER form that OpenSSL and most libraries write, and that the wire does not carry. */
export function derOf(raw) {
  const integer = (bytes) => {
    const stripped = bytesOf(numberOf(bytes)).subarray(bytes.findIndex((byte) => byte !== 0))
    const value = stripped[0] & 0x80 ? Buffer.concat([Buffer.from([0]), stripped]) : stripped
    return Buffer.concat([Buffer.from([2, value.length]), value])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}
