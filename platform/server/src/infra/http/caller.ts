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
  /** What proved it. A write is always signed; a token may have come along. */
  readonly credential: 'signature' | 'access_token'
  /** The key that signed, or, with a token alone, the one with which the app asked for the token. */
  readonly key_id: string
  /** The payer on whose behalf the app calls; null when it calls for itself. */
  readonly payer_id: string | null
  readonly scopes: ReadonlySet<string>
  /** The dated version the app is pinned to, in which events and webhooks speak to it. */
  readonly api_version: string
  /** The version that `Bursar-Version` asked for, when it is another one. */
  readonly version_override?: string
  /** For callers on an older version: JSON Pointers into today's body → into the body they sent. */
  older_pointers?: Readonly<Record<string, string>>
  readonly request_id: string
  readonly idempotency: IdempotentRequest | null
}

/** The institution and mode of a caller: the first two columns of every key. */
export interface Tenant {
  readonly institution_id: string
  readonly livemode: boolean
}

/**
 * Whose rows a caller may read: those of its app, or, on behalf of a payer, that payer's in the whole
 * institution. For `where`, in every query that serves callers of both kinds.
 */
export function readableBy(caller: Caller) {
  const { institution_id, livemode, app_id, payer_id } = caller
  return payer_id === null
    ? { institution_id, livemode, app_id }
    : { institution_id, livemode, payer_id }
}

/**
 * An object as this caller may see it. On behalf of a payer it may be another app's, whose notes to itself
 * are nobody else's business.
 */
export function shownTo<T extends { metadata: Record<string, string> }>(
  caller: Caller,
  wire: T,
): T {
  return caller.payer_id === null ? wire : { ...wire, metadata: {} }
}

/**
 * The id of the object this call creates. It is set aside together with the idempotency key, so a call
 * that is repeated after a crash creates the same object instead of a second one.
 */
export function idFor<P extends IdPrefix>(caller: Caller, prefix: P): `${P}_${string}` {
  return caller.idempotency ? `${prefix}_${caller.idempotency.allotted_id}` : newId(prefix)
}

/** The version in which this request is written and answered. */
export function answerVersionOf(caller: Caller): string {
  return caller.version_override ?? caller.api_version
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
