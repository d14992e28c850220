import { Inject, Injectable } from '@nestjs/common'
import { type Caller, idFor } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { ApiKeyRepository } from './api-key.repository.js'
import {
  type CreateKey,
  type KeyListQuery,
  type RotateKey,
  toWireKey,
  type UpdateKey,
  type WireKey,
} from './api-key.schema.js'
import type { ApiKeyRow, KeyPowers } from './identity.types.js'
import { KeyRegistryService, type Registered } from './key-registry.service.js'

/** Keys as an app manages its own: those of the calling key's mode, within the calling key's powers. */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly registry: KeyRegistryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws IdentityError as `KeyRegistryService.add` does */
  async create(caller: Caller, body: CreateKey): Promise<Reply<WireKey>> {
    const own = await this.powersOf(caller)
    return this.replyOf(await this.registry.add(caller, own, idFor(caller, 'key'), body))
  }

  async list(caller: Caller, query: KeyListQuery): Promise<WireList<WireKey>> {
    const now = this.clock.now()
    const page = await this.keys.list(caller, listFilterOf(query), query.status, now)
    return toWireList(page, (row) => toWireKey(row, now))
  }

  /** @throws IdentityError api_key_not_found */
  async get(caller: Caller, id: string): Promise<WireKey> {
    return this.toWire(await this.registry.find(caller, id))
  }

  /** @throws IdentityError as `KeyRegistryService.update` does */
  async update(caller: Caller, id: string, body: UpdateKey): Promise<WireKey> {
    const own = await this.powersOf(caller)
    return this.toWire(await this.registry.update(caller, own, id, body))
  }

  /** @throws IdentityError as `KeyRegistryService.rotate` does */
  async rotate(caller: Caller, id: string, body: RotateKey): Promise<Reply<WireKey>> {
    const own = await this.powersOf(caller)
    return this.replyOf(await this.registry.rotate(caller, own, id, idFor(caller, 'key'), body))
  }

  /** @throws IdentityError api_key_not_found */
  async revoke(caller: Caller, id: string): Promise<WireKey> {
    return this.toWire(await this.registry.revoke(caller, id))
  }

  /** The scopes as the gateway granted them; the addresses as they are now, not as some cache has them. */
  private async powersOf(caller: Caller): Promise<KeyPowers> {
    // A person is bound to no addresses, and gives what the app has: whoever may make its keys need not be able to
    // do themselves what the keys do.
    if (caller.key_id === null) {
      return { scopes: await this.keys.scopesOfApp(caller), allowed_ips: [] }
    }
    const key = await this.keys.findOwned(caller, caller.key_id)
    return { scopes: [...caller.scopes], allowed_ips: key?.allowed_ips ?? [] }
  }

  private replyOf({ row, isNew }: Registered): Reply<WireKey> {
    return isNew ? Reply.created(this.toWire(row)) : Reply.existing(this.toWire(row))
  }

  private toWire(row: ApiKeyRow): WireKey {
    return toWireKey(row, this.clock.now())
  }
}
