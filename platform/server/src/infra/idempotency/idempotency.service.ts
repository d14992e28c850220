import { timingSafeEqual } from 'node:crypto'
import { assert } from '../../kernel/assert.js'
import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'
import { VERSION_HISTORY } from '../../versions/versions.js'
import { answerVersionOf, type Caller, type IdempotentRequest } from '../http/caller.js'
import { HttpError } from '../http/http.errors.js'
import { inOlderPointers, problemOf, withOutcome } from '../http/problem.js'
import { Reply, type StoredResponse } from '../http/reply.js'
import type { IdempotencyRepository } from './idempotency.repository.js'

export const IDEMPOTENCY_ERRORS = {
  nonce_replayed: { status: 401, retryable: false },
} as const satisfies Record<string, ErrorSpec>

const NONCE_REPLAYED =
  'This nonce was used before. Sign every request anew, also a retry, with a fresh nonce.'

/**
 * Makes a call happen once. The key is claimed first, then the work runs, then its answer is stored;
 * every retry gets that answer byte for byte. When the process dies in between, the next retry runs the
 * work again under the same allotted id, which finds what the first run left behind.
 */
export class IdempotencyService {
  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly docsBase: string,
  ) {}

  /** Uses up the nonce of a write that has no idempotency key, such as a DELETE. */
  async useNonce(caller: Caller, nonce: string): Promise<void> {
    if (!(await this.repository.useNonce(caller, nonce))) throw nonceReplayed()
  }

  async run(caller: Caller, work: () => Promise<unknown>): Promise<StoredResponse> {
    const request = caller.idempotency
    assert(request, 'an idempotent route has an idempotency key: the gateway saw to it')
    const claim = await this.repository.claim(caller, request)
    if (claim === 'nonce_replayed') throw nonceReplayed()
    if (claim === 'known') {
      const known = await this.recall(caller, request)
      if (known) return known
    }
    return this.execute(caller, request, work)
  }

  /**
   * The stored answer of a key that is known already. Null: its first call died and this one has taken
   * over, with the allotted id of the first.
   */
  async recall(caller: Caller, request: IdempotentRequest): Promise<StoredResponse | null> {
    const known = await this.repository.find(caller, request)
    // Released or expired between the claim and now: the caller may simply try again.
    if (!known) throw inProgress()
    if (!timingSafeEqual(known.request_hash, request.request_hash)) {
      throw new HttpError(
        'idempotency_key_reused',
        'This Idempotency-Key was used with another body. Use a new key for a new request.',
      )
    }
    request.allotted_id = known.allotted_id
    if (known.response_status !== null && known.response_body !== null) {
      return { status: known.response_status, body: known.response_body, is_replay: true }
    }
    if (known.is_locked || !(await this.repository.takeOver(caller, request))) throw inProgress()
    return null
  }

  private async execute(
    caller: Caller,
    request: IdempotentRequest,
    work: () => Promise<unknown>,
  ): Promise<StoredResponse> {
    try {
      return await this.store(caller, request, await work())
    } catch (error) {
      if (error instanceof PlatformError && error.spec.status < 500) {
        return this.storeRefusal(caller, request, error)
      }
      await this.unlock(caller, request)
      throw error
    }
  }

  /** So that a retry need not wait. When even that fails the lock runs out by itself. */
  private async unlock(caller: Caller, request: IdempotentRequest): Promise<void> {
    await this.repository.unlock(caller, request).catch(() => {})
  }

  private async store(
    caller: Caller,
    request: IdempotentRequest,
    result: unknown,
  ): Promise<StoredResponse> {
    const reply = result instanceof Reply ? result : null
    const status = reply?.status ?? 200
    const wire: unknown = reply ? reply.body : result
    const body = JSON.stringify(VERSION_HISTORY.asOf(answerVersionOf(caller), wire))
    await this.repository.complete(caller, request, status, body)
    return { status, body, is_replay: false }
  }

  /** A business refusal is final and is stored; one that came before execution, or says "later", is not. */
  private async storeRefusal(
    caller: Caller,
    request: IdempotentRequest,
    error: PlatformError,
  ): Promise<StoredResponse> {
    if (error instanceof HttpError) {
      await this.repository.release(caller, request)
      throw error
    }
    if (error.spec.retryable) {
      await this.unlock(caller, request)
      throw error
    }
    const told = inOlderPointers(withOutcome(error), caller.older_pointers)
    const body = JSON.stringify(problemOf(told, caller.request_id, this.docsBase))
    await this.repository.complete(caller, request, error.spec.status, body)
    throw error
  }
}

export function nonceReplayed(): PlatformError {
  return new PlatformError('nonce_replayed', IDEMPOTENCY_ERRORS.nonce_replayed, NONCE_REPLAYED, {
    outcome: 'unknown',
  })
}

function inProgress(): HttpError {
  return new HttpError(
    'idempotency_in_progress',
    'The first call with this Idempotency-Key is still running. Try again with the same key.',
    { retryAfterSeconds: 1, outcome: 'unknown' },
  )
}
