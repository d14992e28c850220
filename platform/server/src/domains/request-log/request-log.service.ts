import { Injectable } from '@nestjs/common'
import { Vault } from '../../infra/crypto/vault.js'
import type { Caller } from '../../infra/http/caller.js'
import { toWireList } from '../../infra/http/wire.schema.js'
import { isId } from '../../kernel/id.js'
import { RequestLogError } from './request-log.errors.js'
import { RequestLogRepository } from './request-log.repository.js'
import {
  type RequestLogListQuery,
  toWireRequestLog,
  type WireRequestLogList,
} from './request-log.schema.js'
import type { RequestLogRow } from './request-log.types.js'
import {
  type Related,
  type RequestLogDetail,
  toRelated,
  toWireRequestLogDetail,
} from './request-log-detail.schema.js'
import { filterOf, positionOf, refuseTailFields, testModeOnly } from './request-log-query.rules.js'
import { RequestLogRelatedRepository } from './request-log-related.repository.js'
import { RequestLogTailService } from './request-log-tail.service.js'
import { type SignatureRefusal, signatureRefusalOf } from './signature-refusal.rules.js'

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
    private readonly related: RequestLogRelatedRepository,
    private readonly tail: RequestLogTailService,
    private readonly vault: Vault,
  ) {}

  /** Newest first, or, with `order=asc`, as the log grows. @throws HttpError field_value_invalid, test_mode_only */
  async list(caller: Caller, query: RequestLogListQuery): Promise<WireRequestLogList> {
    const filter = filterOf(query)
    if (query.order === 'asc') {
      return this.tail.read(caller, positionOf(query), filter, (query.wait_seconds ?? 0) * 1000)
    }
    refuseTailFields(query)
    const isRefused = query.refused_signatures !== undefined
    if (isRefused && caller.livemode) throw testModeOnly()
    const page = isRefused
      ? await this.requestLogs.listRefused(caller, filter)
      : await this.requestLogs.list(caller, filter)
    return toWireList(page, toWireRequestLog)
  }

  /** @throws RequestLogError request_log_not_found */
  async get(caller: Caller, id: string): Promise<RequestLogDetail> {
    const row = await this.require(caller, id)
    return toWireRequestLogDetail(row, await this.relatedTo(caller, row))
  }

  /** The app's own call, or one whose signature was refused in the name of its test key. @throws RequestLogError */
  async require(caller: Caller, id: string): Promise<RequestLogRow> {
    if (!isId(id, 'req')) throw notFound(id)
    const own = await this.requestLogs.find(caller, id)
    const row = own ?? (caller.livemode ? null : await this.requestLogs.findRefused(caller, id))
    if (row) return row
    throw notFound(id)
  }

  /**
   * A refused signature by the id that only its sender was told: what they were answered, once more.
   * @throws RequestLogError request_log_not_found
   */
  async refusal(id: string): Promise<SignatureRefusal & { readonly key_id: string | null }> {
    const row = isId(id, 'req') ? await this.requestLogs.findAnywhere(id) : null
    const refusal = row && signatureRefusalOf(row)
    if (!row || !refusal) throw notFound(id)
    return { ...refusal, key_id: row.key_id }
  }

  private async relatedTo(caller: Caller, row: RequestLogRow): Promise<Related> {
    const events = await this.related.events(caller, row)
    const ids = events.map(({ id }) => id)
    const deliveries = ids.length === 0 ? [] : await this.related.deliveries(caller, ids)
    return toRelated(row, events, deliveries)
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

function notFound(id: string): RequestLogError {
  return new RequestLogError(
    'request_log_not_found',
    `No such call, or it is not yours, or it is older than 30 days: ${id}. Calls appear within a second.`,
  )
}
