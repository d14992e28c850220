import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const FORMAT_VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** Where data keys live: wrapped, one per institution. */
export interface DataKeyStore {
  /** The institution's wrapped data key. Throws when there is no such institution. */
  find(institutionId: string): Promise<Uint8Array>
}

/** AES-256-GCM: version byte, nonce, ciphertext, tag. `context` is authenticated, not stored. */
export function encrypt(key: Buffer, context: string, plaintext: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([Buffer.of(FORMAT_VERSION), nonce, body, cipher.getAuthTag()])
}

/** The reverse of `encrypt`. Throws when key, context or a single bit is not the same. */
export function decrypt(key: Buffer, context: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed)
  if (bytes.length < 1 + NONCE_BYTES + TAG_BYTES || bytes[0] !== FORMAT_VERSION) {
    throw new Error('not a sealed value')
  }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const body = bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)
  return Buffer.concat([decipher.update(body), decipher.final()])
}

/**
 * Secrets and personal data at rest: envelope encryption with one data key per institution, wrapped by
 * the master key. `context` names table, column and row ("payers.personal:payer_…"), so that a sealed
 * value copied to another place does not open.
 */
export class Vault {
  private readonly dataKeys = new Map<string, Promise<Buffer>>()

  constructor(
    private readonly masterKey: Buffer,
    private readonly store: DataKeyStore,
  ) {}

  /** A new data key, wrapped, for a new institution. */
  newDataKey(institutionId: string): Buffer {
    return encrypt(this.masterKey, `institutions.data_key:${institutionId}`, randomBytes(KEY_BYTES))
  }

  async seal(institutionId: string, context: string, plaintext: string): Promise<Buffer> {
    return encrypt(await this.dataKey(institutionId), context, Buffer.from(plaintext))
  }

  async open(institutionId: string, context: string, sealed: Uint8Array): Promise<string> {
    return decrypt(await this.dataKey(institutionId), context, sealed).toString()
  }

  /** A keyed hash that finds a personal number again without storing it in the clear. */
  async blindIndex(institutionId: string, context: string, value: string): Promise<Buffer> {
    const key = deriveKey(await this.dataKey(institutionId), 'blind-index')
    return createHmac('sha256', key).update(`${context}\0${value}`).digest()
  }

  /** For what belongs to the platform itself, such as its signing keys. */
  sealForPlatform(context: string, plaintext: string): Buffer {
    return encrypt(this.masterKey, context, Buffer.from(plaintext))
  }

  openForPlatform(context: string, sealed: Uint8Array): string {
    return decrypt(this.masterKey, context, sealed).toString()
  }

  /** A key for one purpose, derived from the master key (RFC 5869), never used for anything else. */
  purposeKey(purpose: string): Buffer {
    return deriveKey(this.masterKey, purpose)
  }

  private dataKey(institutionId: string): Promise<Buffer> {
    const known = this.dataKeys.get(institutionId)
    if (known) return known
    const opening = this.store
      .find(institutionId)
      .then((wrapped) => decrypt(this.masterKey, `institutions.data_key:${institutionId}`, wrapped))
    this.dataKeys.set(institutionId, opening)
    // A failed look-up must not be remembered: the institution may be created a moment later.
    opening.catch(() => this.dataKeys.delete(institutionId))
    return opening
  }
}

function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `openbursar:${purpose}`, KEY_BYTES))
}
