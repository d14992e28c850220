import type { RequestLogService } from '../../../domains/request-log/request-log.service.js'
import { targetUriOf } from '../../../infra/crypto/http-signature.base.js'
import { verifyWithKey } from '../../../infra/crypto/http-signature.verify.js'
import { HttpError } from '../../../infra/http/http.errors.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { findDifference } from '../signature/debug/first-difference.js'
import type { KeyCache, VerificationKey } from '../signature/key-cache.js'
import {
  DEBUG_BASE_HEADER,
  debugOfDigest,
  debugOfSignature,
  receivedBase,
  type SignatureDebug,
} from '../signature/signature.debug.js'
import { SignatureError } from '../signature/signature.errors.js'
import {
  buildBase,
  checkDigest,
  type ReadSignature,
  type RequestToVerify,
  readSignature,
} from '../signature/signature.reader.js'
import { checkAlgorithm, checkFreshness, checkKeyValidity } from '../signature/signature.rules.js'
import { originForm, readRawRequest, type ShownRequest } from './raw-request.js'
import type { DiagnoseSignature, SignatureDiagnosis } from './signature-diagnosis.schema.js'

/** Where refusals are remembered. */
export type RefusalLog = Pick<RequestLogService, 'refusal'>

/** Anybody may ask, and an answer may cost a hundred verifications: payments must never wait for these. */
const AT_ONCE_MAX = 4
const VALID =
  'The signature is valid. Whether its nonce was used before was not looked at, and nothing was carried out.'
const STALE =
  'The signature itself is right; only the time is not. If this request is an old one that you saved, all is well.'

/**
 * Judges a request that somebody shows. It carries nothing out, uses no nonce up, and knows test keys
 * only: a live key and an unknown one give the same answer. Where a request is refused at its first
 * fault, here the clock comes last, because shown requests are old.
 */
export class SignatureDiagnosisService {
  private running = 0

  constructor(
    private readonly keys: KeyCache,
    private readonly publicOrigin: string,
    private readonly clock: Clock,
    private readonly log: RefusalLog,
  ) {}

  /** @throws HttpError field_format_invalid, service_unavailable; RequestLogError request_log_not_found */
  async diagnose(asked: DiagnoseSignature): Promise<SignatureDiagnosis> {
    if (asked.request_log !== undefined) return this.recall(asked.request_log)
    const request = this.requestOf(asked)
    if (this.running >= AT_ONCE_MAX) {
      throw new HttpError('service_unavailable', 'Others are being helped just now. Ask again.', {
        retryAfterSeconds: 1,
      })
    }
    this.running += 1
    try {
      return await this.examine(request)
    } finally {
      this.running -= 1
    }
  }

  /** The bytes of a logged call are gone, but not what was found when they were there. */
  private async recall(id: string): Promise<SignatureDiagnosis> {
    const refusal = await this.log.refusal(id)
    const key = isId(refusal.key_id ?? '', 'key')
      ? await this.keys.find(refusal.key_id ?? '')
      : null
    const algorithm = key && !key.row.livemode ? key.algorithm : null
    return { ...NOTHING, ...refusal, algorithm }
  }

  private async examine(request: RequestToVerify): Promise<SignatureDiagnosis> {
    let read: ReadSignature
    let base: Buffer
    try {
      read = readSignature(request)
      base = buildBase(read, request)
    } catch (error) {
      return { ...NOTHING, ...refusalOf(error) }
    }
    const received = receivedBase(read)
    const known: SignatureDiagnosis = {
      ...NOTHING,
      key_id: read.keyId,
      expected_base: base.toString('latin1'),
      received_base: received?.toString('utf8') ?? null,
      first_difference: received && findDifference(base, received),
    }
    const key = isId(read.keyId, 'key') ? await this.keys.find(read.keyId) : null
    if (!key || key.row.livemode) return { ...known, ...NO_SUCH_TEST_KEY }
    const verdict = await this.judge(key, base, read, request)
    return { ...known, algorithm: key.algorithm, ...verdict }
  }

  private async judge(
    key: VerificationKey,
    base: Buffer,
    read: ReadSignature,
    request: RequestToVerify,
  ): Promise<Partial<SignatureDiagnosis>> {
    try {
      checkAlgorithm(read.input.parameters.alg, key.algorithm)
      checkDigest(read.headers, request)
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal.code !== 'content_digest_mismatch') return refusal
      return { code: refusal.code, ...explained(debugOfDigest(read, request)) }
    }
    if (!(await verifyWithKey(key.algorithm, key.publicKey, base, read.signature))) {
      const otherKeys = () => this.keys.othersOf(key)
      const debug = await debugOfSignature({ key, base, read, request, otherKeys })
      return { code: 'signature_invalid', ...explained(debug) }
    }
    return this.judgeTimes(key, read)
  }

  private judgeTimes(key: VerificationKey, read: ReadSignature): Partial<SignatureDiagnosis> {
    const now = this.clock.now()
    try {
      checkKeyValidity(key.row, now)
    } catch (error) {
      return refusalOf(error)
    }
    try {
      checkFreshness(read.input.parameters, now.getTime() / 1000)
    } catch (error) {
      const { code, detail } = refusalOf(error)
      return { code, cause: 'clock', detail: `${detail} ${STALE}` }
    }
    return { valid: true, code: null, cause: null, detail: VALID }
  }

  private requestOf(asked: DiagnoseSignature): RequestToVerify {
    const { method, target, headers, body } = shownRequest(asked)
    const rawHeaders = headers.flat()
    const isSaid = headers.some(([name]) => name.toLowerCase() === DEBUG_BASE_HEADER)
    if (asked.signature_base !== undefined && !isSaid) {
      rawHeaders.push(DEBUG_BASE_HEADER, Buffer.from(asked.signature_base).toString('base64'))
    }
    return {
      method,
      targetUri: targetUriOf(this.publicOrigin, target),
      rawHeaders,
      rawBody: body.length === 0 ? null : body,
    }
  }
}

const NOTHING: SignatureDiagnosis = {
  object: 'signature_diagnosis',
  valid: false,
  code: null,
  cause: null,
  detail: '',
  key_id: null,
  algorithm: null,
  expected_base: null,
  received_base: null,
  first_difference: null,
}

const NO_SUCH_TEST_KEY = {
  code: 'key_unknown',
  cause: 'key_unknown',
  detail:
    'There is no test key with this keyid. Copy the id, which begins with key_; requests of live keys are not judged here.',
} as const

function shownRequest({ request, method, target, headers, body }: DiagnoseSignature): ShownRequest {
  if (request !== undefined) return readShown(request)
  return {
    method: method ?? '',
    target: originForm(target ?? ''),
    headers: headers ?? [],
    body: Buffer.from(body ?? '', 'base64'),
  }
}

function readShown(text: string): ShownRequest {
  try {
    return readRawRequest(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const { message: detail } = error
    const errors = [{ pointer: '/request', code: 'field_format_invalid', detail }]
    throw new HttpError('field_format_invalid', `request ${detail}.`, { errors })
  }
}

function refusalOf(error: unknown): { code: string; cause: string; detail: string } {
  if (!(error instanceof SignatureError)) throw error
  return { code: error.code, cause: error.code, detail: error.message }
}

function explained({ cause, likely_cause, first_difference }: SignatureDebug) {
  return { cause, detail: likely_cause, first_difference }
}
