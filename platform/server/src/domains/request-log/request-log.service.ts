import { Injectable } from '@nestjs/common'
import { Vault } from '../../infra/crypto/vault.js'
import type { Caller } from '../../infra/http/caller.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { isId } from '../../kernel/id.js'
import { RequestLogError } from './request-log.errors.js'
import { RequestLogRepository } from './request-log.repository.js'
import {
  type RequestLog,
  type RequestLogDetail,
  type RequestLogListQuery,
  toWireRequestLog,
  toWireRequestLogDetail,
} from './request-log.schema.js'
import type { RequestLogRow } from './request-log.types.js'

/** What an operator needs to prove a call to a third party: verify `signature` over `signature_base`. */
export interface RequestEvidence {
  readonly request_id: string
  readonly institution_id: string
  readonly app_id: string
  readonly key_id: string | null
  readonly created_at: Date
  readonly status: number
  readonly algorithm: string
  readonly signature_base: string
  readonly signature: string
}

/** Looking calls up: an app sees its own, of its key's mode. */
@Injectable()
export class RequestLogService {
  constructor(
    private readonly requestLogs: RequestLogRepository,
    private readonly vault: Vault,
  ) {}

  async list(caller: Caller, query: RequestLogListQuery): Promise<WireList<RequestLog>> {
    const { status_class } = query
    const page = await this.requestLogs.list(caller, {
      ...listFilterOf(query),
      created_at_lt: endOf(query),
      status: query.status ?? null,
      status_class: status_class === undefined ? null : Number(status_class[0]),
      method: query.method ?? null,
      route: query.route ?? null,
      path_prefix: query.path_prefix ?? null,
      error_code: query.error_code ?? null,
      key_id: query.key_id ?? null,
      idempotency_key: query.idempotency_key ?? null,
      object_id: query.object_id ?? null,
    })
    return toWireList(page, toWireRequestLog)
  }

  /** @throws RequestLogError request_log_not_found */
  async get(caller: Caller, id: string): Promise<RequestLogDetail> {
    const row = isId(id, 'req') ? await this.requestLogs.find(caller, id) : null
    if (row) return toWireRequestLogDetail(row)
    throw notFound(id)
  }

  /**
   * The signed bytes of a call, also what is kept under seal. For operators.
   * @throws RequestLogError request_log_not_found
   */
  async evidence(id: string): Promise<RequestEvidence> {
    const row = isId(id, 'req') ? await this.requestLogs.findAnywhere(id) : null
    if (!row?.signature_algorithm || row.signature_base === null) throw notFound(id)
    const opened = row.sealed_base
      ? await this.vault.open(row.institution_id, sealContextOf(row), row.sealed_base)
      : row.signature_base
    // Of a call with a PIN in its body the signature is under seal too, after an empty line.
    const [signature_base = '', sealedSignature] = opened.split('\n\n')
    const signature = row.signature ?? sealedSignature
    if (signature === undefined) throw notFound(id)
    return {
      request_id: row.id,
      institution_id: row.institution_id,
      app_id: row.app_id,
      key_id: row.key_id,
      created_at: row.created_at,
      status: row.status,
      algorithm: row.signature_algorithm,
      signature_base,
      signature,
    }
  }
}

export function sealContextOf({ id }: Pick<RequestLogRow, 'id'>): string {
  return `request_logs.sealed_base:${id}`
}

/** The earlier of the two ends; times have milliseconds, so "until and with" ends one later. */
function endOf(query: RequestLogListQuery): Date | null {
  const ends = [
    query['created_at[lt]'] === undefined ? [] : [Date.parse(query['created_at[lt]'])],
    query['created_at[lte]'] === undefined ? [] : [Date.parse(query['created_at[lte]']) + 1],
  ].flat()
  return ends.length === 0 ? null : new Date(Math.min(...ends))
}

function notFound(id: string): RequestLogError {
  return new RequestLogError(
    'request_log_not_found',
    `No such call, or it is not yours, or it is older than 30 days: ${id}. Calls appear within a second.`,
  )
}
