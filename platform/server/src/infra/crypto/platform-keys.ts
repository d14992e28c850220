import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { assert } from '../../kernel/assert.js'
import {
  type NewPlatformKey,
  PlatformKeyRepository,
  type PlatformKeyRow,
} from './platform-key.repository.js'
import { Vault } from './vault.js'

/** What the platform signs. A key serves one purpose, so that nothing signed for one passes for another. */
export const KEY_PURPOSES = ['webhook', 'token', 'response'] as const
export type KeyPurpose = (typeof KEY_PURPOSES)[number]

/** How long after its last signature a key is still published: what it signed must stay verifiable. */
const SIGNATURE_LIFETIME_SECONDS: Readonly<Record<KeyPurpose, number>> = {
  webhook: 24 * 60 * 60,
  token: 10 * 60,
  response: 24 * 60 * 60,
}

/** A new key is published this long before it signs: longer than anybody may keep a copy of the JWKS. */
export const PUBLISHED_AHEAD_SECONDS = 10 * 60
/** A key that another process adds or retires takes effect here within this time. */
const CACHE_LIFETIME_MS = 4_000

/** RFC 8037: an Ed25519 public key. */
export interface PlatformPublicJwk {
  readonly kid: string
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
  readonly purpose: KeyPurpose
  /** On keys for webhooks: the form Standard Webhooks libraries take. */
  readonly webhook_public_key?: string
}

export interface PlatformSignature {
  readonly kid: string
  readonly signature: Buffer
}

export interface PlatformKey {
  readonly jwk: PlatformPublicJwk
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly signsFrom: Date
}

/**
 * The Ed25519 keys with which the platform signs. The first one of a purpose is made when it is first needed;
 * of several processes that start together, all end up with the same one. During a rotation the next key is
 * published before it signs and the old one until its signatures have expired.
 */
@Injectable()
export class PlatformKeys {
  private loading: Promise<readonly PlatformKey[]> | undefined
  private expiresAtMs = 0
  /** Opening a key costs a decryption and a parse; a row changes its times, never its key. */
  private opened = new Map<string, PlatformKey>()

  constructor(
    private readonly repository: PlatformKeyRepository,
    private readonly vault: Vault,
  ) {}

  /** One signature per published key for webhooks, newest first: during a rotation receivers may know either. */
  async sign(bytes: Buffer): Promise<PlatformSignature[]> {
    const keys = await this.published('webhook')
    return keys.map(({ jwk, privateKey }) => ({
      kid: jwk.kid,
      signature: sign(null, bytes, privateKey),
    }))
  }

  async publicJwks(): Promise<{ keys: PlatformPublicJwk[] }> {
    const keys = await Promise.all(KEY_PURPOSES.map((purpose) => this.published(purpose)))
    return { keys: keys.flat().map(({ jwk }) => jwk) }
  }

  /** `whpk_` and the base64 of the 32 raw bytes, of the newest key. */
  async webhookPublicKey(): Promise<string> {
    const [newest] = await this.published('webhook')
    assert(newest?.jwk.webhook_public_key, 'loading makes a key when there is none')
    return newest.jwk.webhook_public_key
  }

  /** The key that signs now: the newest whose time has come. */
  async signer(purpose: KeyPurpose): Promise<PlatformKey> {
    const keys = await this.published(purpose)
    const key = keys.find(({ signsFrom }) => signsFrom.getTime() <= Date.now()) ?? keys.at(-1)
    assert(key, 'loading makes a key when there is none')
    return key
  }

  /** Every key whose signatures may be valid now, newest first. */
  async published(purpose: KeyPurpose): Promise<readonly PlatformKey[]> {
    const known = (await this.keys()).filter(({ jwk }) => jwk.purpose === purpose)
    if (known.length > 0) return known
    await this.repository.insertFirst(this.make(purpose))
    this.loading = undefined
    return (await this.keys()).filter(({ jwk }) => jwk.purpose === purpose)
  }

  /**
   * Makes the next key of a purpose, which begins to sign in ten minutes. Asked again before that time, it
   * changes nothing. `isAtOnce`: the new key signs now and the old ones are no longer believed.
   */
  async rotate(purpose: KeyPurpose, { isAtOnce }: { readonly isAtOnce: boolean }): Promise<void> {
    const row = this.make(purpose)
    if (isAtOnce) {
      await this.repository.replace(row)
    } else {
      // An empty platform has nothing to rotate: its first key is made here, and signs at once.
      await this.published(purpose)
      const keepSeconds = SIGNATURE_LIFETIME_SECONDS[purpose]
      await this.repository.rotate(row, { leadSeconds: PUBLISHED_AHEAD_SECONDS, keepSeconds })
    }
    this.loading = undefined
  }

  private keys(): Promise<readonly PlatformKey[]> {
    if (this.loading && Date.now() < this.expiresAtMs) return this.loading
    const loading = this.load()
    this.loading = loading
    this.expiresAtMs = Date.now() + CACHE_LIFETIME_MS
    // A failed look-up must not be remembered: the database may be back a moment later.
    loading.catch(() => {
      if (this.loading === loading) this.loading = undefined
    })
    return loading
  }

  private async load(): Promise<readonly PlatformKey[]> {
    const keys = (await this.repository.published()).flatMap((row) => this.open(row))
    this.opened = new Map(keys.map((key) => [key.jwk.kid, key]))
    return keys
  }

  private make(purpose: KeyPurpose): NewPlatformKey {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { x } = publicKey.export({ format: 'jwk' })
    assert(x, 'an Ed25519 public key has an x')
    const id = thumbprint(x)
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const sealed = this.vault.sealForPlatform(contextOf(id), pem)
    return { id, purpose, public_jwk: jwkOf(id, x, purpose), private_key: sealed }
  }

  /** None for a purpose that this version does not know: another version may run beside it. */
  private open(row: PlatformKeyRow): PlatformKey[] {
    const purpose = KEY_PURPOSES.find((known) => known === row.purpose)
    if (!purpose) return []
    const known = this.opened.get(row.id)
    if (known) return [{ ...known, signsFrom: row.signs_from }]
    const pem = this.vault.openForPlatform(contextOf(row.id), row.private_key)
    const privateKey = createPrivateKey(pem)
    const publicKey = createPublicKey(privateKey)
    const jwk = jwkOf(row.id, row.public_jwk.x, purpose)
    return [{ jwk, publicKey, privateKey, signsFrom: row.signs_from }]
  }
}

/** RFC 7638 section 3: SHA-256 over the required members in alphabetical order. */
function thumbprint(x: string): string {
  const required = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })
  return createHash('sha256').update(required).digest('base64url')
}

function jwkOf(kid: string, x: string, purpose: KeyPurpose): PlatformPublicJwk {
  const jwk = { kid, kty: 'OKP', crv: 'Ed25519', x, use: 'sig', alg: 'EdDSA', purpose } as const
  if (purpose !== 'webhook') return jwk
  const raw = Buffer.from(x, 'base64url')
  return { ...jwk, webhook_public_key: `whpk_${raw.toString('base64')}` }
}

/** Binds the sealed key to its column and row. */
function contextOf(id: string): string {
  return `platform_keys.private_key:${id}`
}
