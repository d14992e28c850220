import { type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'

// The callback form leaves the event loop free: a signature of RSA 2048 takes about a millisecond.
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign)

// SHA-1 is what the bank signs and verifies with; merchants cannot choose another. It is broken
// against collisions, not against second preimages, and nothing else in the platform uses it.
const DIGEST = 'sha1'

/** @param message the exact bytes that go onto the wire */
export async function signMessage(message: Buffer, key: KeyObject): Promise<string> {
  return (await signAsync(DIGEST, message, key)).toString('base64')
}

/** @param message the exact bytes that came from the wire */
export function isSignedBy(key: KeyObject, message: Buffer, signatureText: string): boolean {
  const signature = decodeBase64(signatureText)
  return signature !== null && verify(DIGEST, message, key, signature)
}

/** Node skips what isn't base64, so two texts could mean one value; only the canonical one may. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
