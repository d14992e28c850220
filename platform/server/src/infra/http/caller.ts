import { createHash } from 'node:crypto'
import { type IdPrefix, newId } from '../../kernel/id.js'
import type { Authority } from './authority.js'
import type { PermissionName, Role } from './roles.js'

/** What a write carries so that it happens once: its key, what it said, and the id set aside for it. */
export interface IdempotentRequest {
  /** Method and path: one key may be used once per operation. */
  readonly route: string
  readonly key: string
  /** SHA-256 of the raw body. */
  readonly request_hash: Buffer
  /** The signature's nonce, stored by the same statement as the key; in sessions one of our own. */
  readonly nonce: string
  /** The part of the id after the prefix; the same for every retry of this key. */
  allotted_id: string
}

/** The person who is signed in, when it is not a program that calls. */
export interface CallerOperator {
  readonly operator_id: string
  readonly session_id: string
  /** Those held in the whole institution. */
  readonly roles: ReadonlySet<Role>
  /** For the app the session works in; without one, whatever this person may decide anywhere. */
  readonly permissions: ReadonlySet<PermissionName>
  /** Every role, and where it holds: for services that ask about one department or app. */
  readonly authority: Authority
  /** When this person last proved who they are. */
  readonly authenticated_at: Date
}

/** Who is calling. Passed first to every service, so that no query can forget whose data it is. */
export interface Caller {
  readonly institution_id: string
  /** Of a person who named no app: the person's own id, so that nothing of any app is theirs. */
  readonly app_id: string
  /** Empty for a person who named no app. */
  readonly department_id: string
  readonly livemode: boolean
  /** What proved it. A program's write is always signed; a token may have come along. */
  readonly credential: 'signature' | 'access_token' | 'session'
  /** Who acts: the key, or the person. What needs two pairs of eyes compares this. */
  readonly actor_id: string
  /** The key that signed, or, with a token alone, the one with which the app asked for it; null in sessions. */
  readonly key_id: string | null
  /** Null when a program calls. */
  readonly operator: CallerOperator | null
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

/** What the ids of sets begin with that a reset took out of a sandbox: they stand where an app's id stood. */
export const SET_ASIDE = 'rst_'

/** The institution and mode of a caller: the first two columns of every key. */
export interface Tenant {
  readonly institution_id: string
  readonly livemode: boolean
}

/**
 * Whose rows a caller may read: those of its app, or, on behalf of a payer, that payer's in the whole
 * institution. For `where`, in every query that serves callers of both kinds. What a reset of a sandbox set
 * aside is nobody's any more.
 */
export function readableBy(caller: Caller) {
  const { institution_id, livemode, app_id, payer_id } = caller
  return payer_id === null
    ? { institution_id, livemode, app_id }
    : { institution_id, livemode, payer_id, NOT: { app_id: { startsWith: SET_ASIDE } } }
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
