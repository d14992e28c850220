import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { assert } from '../../kernel/assert.js'
import { PlatformKeyRepository, type PlatformKeyRow } from './platform-key.repository.js'
import { Vault } from './vault.js'

const PURPOSE = 'webhook'
/** A key that another process adds or retires takes effect here within this time. */
const CACHE_LIFETIME_MS = 60_000

/** RFC 8037: an Ed25519 public key. `webhook_public_key` is the form Standard Webhooks libraries take. */
export interface PlatformPublicJwk {
  readonly kid: string
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
  readonly webhook_public_key: string
}

export interface PlatformSignature {
  readonly kid: string
  readonly signature: Buffer
}

interface LoadedKey {
  readonly jwk: PlatformPublicJwk
  readonly privateKey: KeyObject
}

/**
 * The Ed25519 keys with which the platform signs webhooks. The first one is made when it is first needed;
 * of several processes that start together, all end up with the same one.
 */
@Injectable()
export class PlatformKeys {
  private loading: Promise<readonly LoadedKey[]> | undefined
  private expiresAtMs = 0

  constructor(
    private readonly repository: PlatformKeyRepository,
    private readonly vault: Vault,
  ) {}

  /** One signature per key in use, newest key first: during a rotation receivers may know either. */
  async sign(bytes: Buffer): Promise<PlatformSignature[]> {
    const keys = await this.keys()
    return keys.map(({ jwk, privateKey }) => ({
      kid: jwk.kid,
      signature: sign(null, bytes, privateKey),
    }))
  }

  async publicJwks(): Promise<{ keys: PlatformPublicJwk[] }> {
    const keys = await this.keys()
    return { keys: keys.map(({ jwk }) => jwk) }
  }

  /** `whpk_` and the base64 of the 32 raw bytes, of the newest key. */
  async webhookPublicKey(): Promise<string> {
    const [newest] = await this.keys()
    assert(newest, 'loading makes a key when there is none')
    return newest.jwk.webhook_public_key
  }

  private keys(): Promise<readonly LoadedKey[]> {
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

  private async load(): Promise<readonly LoadedKey[]> {
    const known = await this.repository.active(PURPOSE)
    if (known.length > 0) return known.map((row) => this.open(row))
    await this.repository.insertFirst(this.make())
    const made = await this.repository.active(PURPOSE)
    assert(made.length > 0, 'there is a platform key: this process or another has just stored one')
    return made.map((row) => this.open(row))
  }

  private make(): PlatformKeyRow {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { x } = publicKey.export({ format: 'jwk' })
    assert(x, 'an Ed25519 public key has an x')
    const id = thumbprint(x)
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const sealed = this.vault.sealForPlatform(contextOf(id), pem)
    return { id, purpose: PURPOSE, public_jwk: jwkOf(id, x), private_key: sealed }
  }

  private open(row: PlatformKeyRow): LoadedKey {
    const pem = this.vault.openForPlatform(contextOf(row.id), row.private_key)
    return { jwk: jwkOf(row.id, row.public_jwk.x), privateKey: createPrivateKey(pem) }
  }
}

/** RFC 7638 section 3: SHA-256 over the required members in alphabetical order. */
function thumbprint(x: string): string {
  const required = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })
  return createHash('sha256').update(required).digest('base64url')
}

function jwkOf(kid: string, x: string): PlatformPublicJwk {
  const raw = Buffer.from(x, 'base64url')
  const webhook_public_key = `whpk_${raw.toString('base64')}`
  return { kid, kty: 'OKP', crv: 'Ed25519', x, use: 'sig', alg: 'EdDSA', webhook_public_key }
}

/** Binds the sealed key to its column and row. */
function contextOf(id: string): string {
  return `platform_keys.private_key:${id}`
}
