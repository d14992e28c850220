import { createHash } from 'node:crypto'
import { type IdPrefix, newId } from '../../kernel/id.js'

/** What a write carries so that it happens once: its key, what it said, and the id set aside for it. */
export interface IdempotentRequest {
  /** Method and path: one key may be used once per operation. */
  readonly route: string
  readonly key: string
  /** SHA-256 of the raw body. */
  readonly request_hash: Buffer
  /** The signature's nonce, stored by the same statement as the key. */
  readonly nonce: string
  /** The part of the id after the prefix; the same for every retry of this key. */
  allotted_id: string
}

/** Who is calling. Passed first to every service, so that no query can forget whose data it is. */
export interface Caller {
  readonly institution_id: string
  readonly app_id: string
  readonly department_id: string
  readonly livemode: boolean
  readonly key_id: string
  readonly scopes: ReadonlySet<string>
  readonly api_version: string
  readonly request_id: string
  readonly idempotency: IdempotentRequest | null
}

/** The institution and mode of a caller: the first two columns of every key. */
export interface Tenant {
  readonly institution_id: string
  readonly livemode: boolean
}

/**
 * The id of the object this call creates. It is set aside together with the idempotency key, so a call
 * that is repeated after a crash creates the same object instead of a second one.
 */
export function idFor<P extends IdPrefix>(caller: Caller, prefix: P): `${P}_${string}` {
  return caller.idempotency ? `${prefix}_${caller.idempotency.allotted_id}` : newId(prefix)
}

/** How long an idempotency key is kept, as a PostgreSQL interval. */
export function keepFor(caller: Caller): string {
  return caller.livemode ? '7 days' : '24 hours'
}

export function hashBody(rawBody: Buffer | null): Buffer {
  return createHash('sha256')
    .update(rawBody ?? '')
    .digest()
}
