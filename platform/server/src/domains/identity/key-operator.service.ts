import { Inject, Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { HttpError } from '../../infra/http/http.errors.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { CreateKey, RotateKey, toWireKey, UpdateKey, type WireKey } from './api-key.schema.js'
import type { ApiKeyRow, KeyOwner } from './identity.types.js'
import { KeyRegistryService } from './key-registry.service.js'

/** More than an app may have in both modes, revoked ones included, before anybody wonders. */
const KEYS_LISTED_MAX = 1000

/**
 * Keys of every app, for the operator of the platform at the command line: the same rules as over the API, but
 * no calling key whose powers would be the limit.
 */
@Injectable()
export class KeyOperatorService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly registry: KeyRegistryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws HttpError field_value_invalid; IdentityError as `KeyRegistryService.add` does */
  async create(owner: KeyOwner, given: object): Promise<WireKey> {
    const body = read(CreateKey, given)
    const { row } = await this.registry.add(owner, null, newId('key'), body)
    return this.toWire(row)
  }

  /** Both modes, newest first. */
  async list(institutionId: string, appId: string): Promise<WireKey[]> {
    const filter = {
      limit: KEYS_LISTED_MAX,
      cursor: null,
      created_at_gte: null,
      created_at_lt: null,
    }
    const pages = await Promise.all(
      [true, false].map((livemode) => {
        const owner = { institution_id: institutionId, app_id: appId, livemode }
        return this.keys.list(owner, filter, undefined, this.clock.now())
      }),
    )
    return pages.flatMap(({ rows }) => rows.map((row) => this.toWire(row)))
  }

  /** @throws HttpError field_value_invalid; IdentityError as `KeyRegistryService.update` does */
  async update(id: string, given: object): Promise<WireKey> {
    const owner = await this.registry.ownerOf(id)
    return this.toWire(await this.registry.update(owner, null, id, read(UpdateKey, given)))
  }

  /** @throws HttpError field_value_invalid; IdentityError as `KeyRegistryService.rotate` does */
  async rotate(id: string, given: object): Promise<WireKey> {
    const body = read(RotateKey, given)
    const owner = await this.registry.ownerOf(id)
    const { row } = await this.registry.rotate(owner, null, id, newId('key'), body)
    return this.toWire(row)
  }

  /** @throws IdentityError api_key_not_found */
  async revoke(id: string): Promise<WireKey> {
    return this.toWire(await this.registry.revoke(await this.registry.ownerOf(id), id))
  }

  private toWire(row: ApiKeyRow): WireKey {
    return toWireKey(row, this.clock.now())
  }
}

/** What a person typed is read as strictly as what a program sends. */
function read<T extends z.ZodType>(schema: T, given: object): z.output<T> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the input'}: ${message}`,
  )
  throw new HttpError('field_value_invalid', problems.join('\n'))
}
