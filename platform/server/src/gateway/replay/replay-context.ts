import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyRequest } from 'fastify'
import { type Caller, hashBody } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { readIdempotencyKey } from '../idempotency/idempotency-key.js'
import { versionsOf } from '../versioning/version-header.js'

/** On whose behalf a logged call runs again. */
export interface Replay {
  readonly caller: Caller
  /** Of the body as it was first sent, when that is known: the log keeps what a body says and not its bytes. */
  readonly request_hash: Buffer | null
}

const replays = new AsyncLocalStorage<Replay>()
const replayed = new WeakSet<FastifyRequest>()

/** Only code of this process can start one: no header and no address makes a request a replay. */
export function runAsReplay<T>(replay: Replay, work: () => Promise<T>): Promise<T> {
  return replays.run(replay, work)
}

export function currentReplay(): Replay | undefined {
  return replays.getStore()
}

export function isReplayed(request: FastifyRequest): boolean {
  return replayed.has(request)
}

/** The caller who asked for the replay, with its scopes, as the author of this request. */
export function callerOfReplay(
  request: FastifyRequest,
  { caller, request_hash }: Replay,
  isIdempotent: boolean,
): Caller {
  replayed.add(request)
  const { version_override: _, older_pointers: __, ...own } = caller
  return {
    ...own,
    ...versionsOf(request, caller),
    request_id: request.id,
    idempotency: isIdempotent
      ? {
          route: `${request.method} ${request.url.split('?')[0]}`,
          key: readIdempotencyKey(request.headers['idempotency-key']),
          request_hash: request_hash ?? hashBody(request.rawBody),
          nonce: newId('req').slice('req_'.length),
          allotted_id: newId('req').slice('req_'.length),
        }
      : null,
  }
}
