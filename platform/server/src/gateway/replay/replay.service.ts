import { Injectable } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyAdapter } from '@nestjs/platform-fastify'
import { redactJson } from '../../domains/request-log/redaction.rules.js'
import { RequestLogService } from '../../domains/request-log/request-log.service.js'
import type { RequestLogRow } from '../../domains/request-log/request-log.types.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { isSameBody, type ReplayableCall, replayableOf, sentHashOf } from './replay.rules.js'
import type { ReplayRequestLog, RequestReplay } from './replay.schema.js'
import { runAsReplay } from './replay-context.js'

/**
 * Runs a logged call of test mode again: through the server itself, so that everything that happens to a request
 * happens to this one, in the name of whoever asks and with no more than their scopes.
 */
@Injectable()
export class ReplayService {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly requestLogs: RequestLogService,
  ) {}

  /** @throws RequestLogError request_log_not_found, request_log_not_replayable */
  async replay(caller: Caller, id: string, asked: ReplayRequestLog): Promise<RequestReplay> {
    const row = await this.requestLogs.require(caller, id)
    const call = replayableOf(row)
    const isSameKey = asked.same_idempotency_key && row.idempotency_key !== null
    const key = row.idempotency_key === null || isSameKey ? row.idempotency_key : newId('req')
    const replay = { caller, request_hash: isSameKey ? sentHashOf(row) : null }
    const startedMs = performance.now()
    const answer = await runAsReplay(replay, () => this.inject(call, key))
    return compared(row, key, {
      replayed_as: String(answer.headers['x-request-id']),
      status: answer.statusCode,
      body: redactJson(readJson(answer.body)),
      duration_us: Math.round((performance.now() - startedMs) * 1000),
      stored: answer.headers['idempotent-replayed'] === 'true',
    })
  }

  private async inject(call: ReplayableCall, key: string | null) {
    return this.host.httpAdapter.getInstance().inject({
      method: methodOf(call.method),
      url: call.target,
      headers: { ...call.headers, ...(key === null ? {} : { 'idempotency-key': key }) },
      ...(call.payload === null ? {} : { payload: call.payload }),
    })
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

function methodOf(text: string): (typeof METHODS)[number] {
  return METHODS.find((method) => method === text) ?? 'GET'
}

interface NewAnswer {
  readonly replayed_as: string
  readonly status: number
  readonly body: unknown
  readonly duration_us: number
  readonly stored: boolean
}

function compared(
  row: RequestLogRow,
  idempotency_key: string | null,
  { replayed_as, ...replay }: NewAnswer,
): RequestReplay {
  const original = {
    status: row.status,
    body: row.response_body === null ? null : readJson(row.response_body),
    duration_us: row.duration_us,
  }
  return {
    object: 'request_replay',
    request_log: row.id,
    replayed_as,
    idempotency_key,
    original,
    replay,
    same_status: original.status === replay.status,
    same_body: isSameBody(original.body, replay.body),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
