import { randomUUID, sign } from 'node:crypto'
import { PlatformKeyRepository } from '../../src/infra/crypto/platform-key.repository.js'
import { type KeyPurpose, PlatformKeys } from '../../src/infra/crypto/platform-keys.js'
import { Vault } from '../../src/infra/crypto/vault.js'
import { Database } from '../../src/infra/database/database.js'
import { platformSettings } from './bursar-command.js'

/**
 * Signs with the platform's own keys what the platform never would: tokens that only a fault, or a thief of
 * the master key, could make. Whoever verifies must refuse them for what they say, not for their signature.
 */
export class TokenForge {
  private readonly database = new Database(platformSettings().DATABASE_URL, { connectionsMax: 1 })
  private readonly keys = new PlatformKeys(
    new PlatformKeyRepository(this.database),
    new Vault(Buffer.from(platformSettings().MASTER_KEY, 'base64'), {
      find: () => Promise.reject(new Error('platform keys belong to no institution')),
    }),
  )

  /** `undefined` leaves a claim or a header out. */
  async sign(
    claims: Readonly<Record<string, unknown>>,
    header: Readonly<Record<string, unknown>> = {},
    purpose: KeyPurpose = 'token',
  ): Promise<string> {
    const { jwk, privateKey } = await this.keys.signer(purpose)
    const head = part({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid, ...header })
    const signed = `${head}.${part({ jti: randomUUID(), ...claims })}`
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
  }

  close(): Promise<void> {
    return this.database.close()
  }
}

function part(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url')
}
