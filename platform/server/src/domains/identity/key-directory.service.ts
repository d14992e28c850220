import { Injectable } from '@nestjs/common'
import { ApiKeyRepository } from './api-key.repository.js'
import type { KeyOwner, KeyUse, RegisteredKey } from './identity.types.js'

/** Finds keys for the gateway. Revoked and expired keys are found too: they say so themselves. */
@Injectable()
export class KeyDirectoryService {
  constructor(private readonly keys: ApiKeyRepository) {}

  find(keyId: string): Promise<RegisteredKey | null> {
    return this.keys.find(keyId)
  }

  /** Some of an app's keys of one mode. */
  findOfApp(app: KeyOwner): Promise<RegisteredKey[]> {
    return this.keys.findOfApp(app)
  }

  recordUse(uses: readonly KeyUse[]): Promise<void> {
    return this.keys.recordUse(uses)
  }
}
