import { createCipheriv, randomInt } from 'node:crypto'

export interface EncryptedResource {
  readonly original_type: string
  readonly algorithm: 'AEAD_AES_256_GCM'
  readonly ciphertext: string
  readonly associated_data: string
  readonly nonce: string
}

const NONCE_CHARACTERS = 12
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Encrypts what a notification is about with the merchant's APIv3 key; the tag ends the ciphertext. */
export function encryptResource(
  apiV3Key: string,
  originalType: string,
  resource: unknown,
): EncryptedResource {
  // The nonce is printable on the wire and used as its UTF-8 bytes.
  const nonce = randomText(NONCE_CHARACTERS)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(nonce))
  cipher.setAAD(Buffer.from(originalType))
  const ciphertext = Buffer.concat([
    cipher.update(JSON.stringify(resource), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString('base64')
  return {
    original_type: originalType,
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext,
    associated_data: originalType,
    nonce,
  }
}

/** Unguessable letters and digits. */
export function randomText(length: number): string {
  return randomCharacters(ALPHANUMERIC, length)
}

export function randomDigits(length: number): string {
  return randomCharacters('0123456789', length)
}

function randomCharacters(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
