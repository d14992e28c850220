import { Injectable } from '@nestjs/common'
import { ApiKeyRepository } from './api-key.repository.js'
import type { RegisteredKey } from './identity.types.js'

/** Finds keys for the gateway. Revoked and expired keys are found too: they say so themselves. */
@Injectable()
export class KeyDirectoryService {
  constructor(private readonly keys: ApiKeyRepository) {}

  find(keyId: string): Promise<RegisteredKey | null> {
    return this.keys.find(keyId)
  }
}
