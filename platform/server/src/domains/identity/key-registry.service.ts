import { Inject, Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { endOfOverlap, powersOf, requirePeriod, requireWithin, statusOf } from './api-key.rules.js'
import type { CreateKey, RotateKey, UpdateKey } from './api-key.schema.js'
import { AppError } from './apps/app.errors.js'
import { IdentityError } from './identity.errors.js'
import { IdentityService } from './identity.service.js'
import type { ApiKeyRow, KeyOwner, KeyPowers } from './identity.types.js'
import { readPublicKey, sameAlgorithm } from './public-key.rules.js'

/** Enough for every machine of an app and its rotations; an endless number is a leak. */
const USABLE_KEYS_MAX = 50

/** What a registration or rotation led to: a key, and whether this very call had made it before. */
export interface Registered {
  readonly row: ApiKeyRow
  readonly isNew: boolean
}

/**
 * Makes, narrows, rotates and revokes keys of an app in one mode. `own` is what the calling key may do, and so
 * the most that it may give; null stands for the operator of the platform, who may give all that the app has.
 */
@Injectable()
export class KeyRegistryService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly identity: IdentityService,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws IdentityError api_key_not_found */
  async find(owner: KeyOwner, id: string): Promise<ApiKeyRow> {
    const row = isId(id, 'key') ? await this.keys.findOwned(owner, id) : null
    if (row) return row
    throw new IdentityError('api_key_not_found', `No such key, or it is not yours: ${id}.`)
  }

  /** Whose key it is, for the operator, who sees all. @throws IdentityError api_key_not_found */
  async ownerOf(id: string): Promise<KeyOwner> {
    const key = isId(id, 'key') ? await this.keys.find(id) : null
    if (key) return key
    throw new IdentityError('api_key_not_found', `No such key: ${id}.`)
  }

  /**
   * @throws IdentityError api_key_unusable, api_key_private, api_key_too_powerful, api_key_period_invalid,
   * api_key_conflict, api_key_limit_reached, app_not_found; AppError app_not_live
   */
  async add(
    owner: KeyOwner,
    own: KeyPowers | null,
    id: string,
    body: CreateKey,
  ): Promise<Registered> {
    const public_key = readPublicKey(body.public_key)
    const known = await this.keys.findOwned(owner, id)
    if (known) return { row: sameOrConflict(known, public_key), isNew: false }
    await this.requireOpen(owner)
    const scopes = body.scopes ?? own?.scopes ?? []
    const allowed_ips = body.allowed_ips ?? own?.allowed_ips ?? []
    if (own) requireWithin({ scopes, allowed_ips }, own)
    const now = this.clock.now()
    const not_before = body.not_before ? new Date(body.not_before) : now
    const not_after = body.not_after ? new Date(body.not_after) : null
    requirePeriod(not_before, not_after, now)
    await this.requireNew(owner, public_key, now)
    const { algorithm, name, metadata } = body
    const limits = { scopes, allowed_ips, not_before, not_after }
    const about = { algorithm, name: name ?? null, metadata }
    const key = { ...ownerPartOf(owner), id, public_key, ...limits, ...about }
    await this.identity.createKey(key)
    return { row: await this.find(owner, id), isNew: true }
  }

  /** @throws IdentityError api_key_not_found, api_key_inactive, api_key_too_powerful */
  async update(
    owner: KeyOwner,
    own: KeyPowers | null,
    id: string,
    body: UpdateKey,
  ): Promise<ApiKeyRow> {
    const row = await this.find(owner, id)
    const before = powersOf(row)
    const after = { ...before, ...definedOf(body) }
    if (body.scopes) requireWithin({ ...before, scopes: after.scopes }, before)
    if (own && (body.scopes || body.allowed_ips)) requireWithin(after, own)
    if (await this.keys.update(owner, id, body, this.clock.now())) return this.find(owner, id)
    throw inactive(row, this.clock.now())
  }

  /**
   * A new key with the powers of an old one, which works on for a while: requests that are under way, and
   * machines that are not switched over yet, must not fail.
   * @throws IdentityError as `add` and `update` do
   */
  async rotate(
    owner: KeyOwner,
    own: KeyPowers | null,
    id: string,
    newId: string,
    body: RotateKey,
  ): Promise<Registered> {
    const public_key = readPublicKey(body.public_key)
    const old = await this.find(owner, id)
    const known = await this.keys.findOwned(owner, newId)
    if (known) return { row: sameOrConflict(known, public_key), isNew: false }
    await this.requireOpen(owner)
    if (own) requireWithin(powersOf(old), own)
    const now = this.clock.now()
    if (old.replaced_by !== null || statusOf(old, now) !== 'active') throw inactive(old, now)
    const not_after = body.not_after ? new Date(body.not_after) : null
    requirePeriod(now, not_after, now)
    await this.requireNew(owner, public_key, now)
    const { scopes, allowed_ips, name } = old
    const limits = { scopes, allowed_ips, not_before: now, not_after }
    const algorithm = body.algorithm ?? sameAlgorithm(public_key, old.algorithm)
    const key = { ...ownerPartOf(owner), id: newId, public_key, ...limits, name, algorithm }
    await this.database.transaction(async (tx) => {
      await this.identity.createKey(key, tx)
      const end = endOfOverlap(old.not_after, now, body.overlap_seconds)
      const replacement = { id: newId, not_after: end, now }
      if (!(await this.keys.replace(tx, owner, id, replacement))) throw inactive(old, now)
    })
    return { row: await this.find(owner, newId), isNew: true }
  }

  /** Final, and effective everywhere within 5 seconds. @throws IdentityError api_key_not_found */
  async revoke(owner: KeyOwner, id: string): Promise<ApiKeyRow> {
    await this.find(owner, id)
    await this.keys.revoke(owner, id, this.clock.now())
    return this.find(owner, id)
  }

  private async requireOpen(owner: KeyOwner): Promise<void> {
    if (await this.keys.isOpen(owner)) return
    throw new AppError(
      'app_not_live',
      'This app may not work in live mode: ask for it (request_live), and have it approved by somebody else.',
    )
  }

  private async requireNew(owner: KeyOwner, publicKey: string, now: Date): Promise<void> {
    if (await this.keys.hasPublicKey(owner, publicKey)) {
      throw new IdentityError(
        'api_key_conflict',
        'This public key is, or was, a key of this app. Make a new pair: one for each mode, and a new one after a revocation.',
      )
    }
    // Two calls at once may pass by one: the limit guards against thousands, not against one more.
    if ((await this.keys.countUsable(owner, now)) < USABLE_KEYS_MAX) return
    throw new IdentityError(
      'api_key_limit_reached',
      `An app has at most ${USABLE_KEYS_MAX} usable keys in each mode. Revoke one that is not needed.`,
    )
  }
}

const ownerPartOf = ({ institution_id, livemode, app_id }: KeyOwner) => ({
  institution_id,
  livemode,
  app_id,
})

function definedOf({ scopes, allowed_ips }: UpdateKey): Partial<KeyPowers> {
  return { ...(scopes ? { scopes } : {}), ...(allowed_ips ? { allowed_ips } : {}) }
}

/** A repeated call: the id was set aside for it, so the key is its own. What else it said may have changed since. */
function sameOrConflict(known: ApiKeyRow, publicKey: string): ApiKeyRow {
  if (known.public_key === publicKey) return known
  throw new IdentityError(
    'api_key_conflict',
    `This call registered ${known.id} before, with another public key. Use a new Idempotency-Key.`,
  )
}

function inactive(key: ApiKeyRow, now: Date): IdentityError {
  const state = key.replaced_by === null ? statusOf(key, now) : `replaced by ${key.replaced_by}`
  return new IdentityError(
    'api_key_inactive',
    `The key ${key.id} is ${state}. Use a key that is active.`,
  )
}
