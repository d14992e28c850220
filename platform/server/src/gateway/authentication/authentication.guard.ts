import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js'
import { Reflector } from '@nestjs/core'
import type { FastifyRequest } from 'fastify'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { targetUriOf } from '../../infra/crypto/http-signature.base.js'
import { type Caller, hashBody } from '../../infra/http/caller.js'
import { IDEMPOTENT_METADATA, PUBLIC_METADATA } from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { requestOf } from '../../infra/http/request.js'
import { IdempotencyService } from '../../infra/idempotency/idempotency.service.js'
import { newId } from '../../kernel/id.js'
import { readIdempotencyKey } from '../idempotency/idempotency-key.js'
import { resolveVersion } from '../versioning/versions.js'
import { SignatureVerifier, type VerifiedSignature } from './signature/signature.verifier.js'

const READ_METHODS: readonly string[] = ['GET', 'HEAD']

/** Finds out who is calling. A route is closed unless it says `@Public()`. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: SignatureVerifier,
    private readonly idempotency: IdempotencyService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()]
    if (this.reflector.getAllAndOverride(PUBLIC_METADATA, targets)) return true
    const request = requestOf(context)
    if (hasUnexpectedBody(request, context)) {
      throw new HttpError('body_unexpected', 'This call takes no body.')
    }
    const signature = await this.verifier.verify({
      method: request.method,
      targetUri: targetUriOf(this.config.publicOrigin, request.raw.url ?? ''),
      rawHeaders: request.raw.rawHeaders,
      rawBody: request.rawBody,
    })
    const isIdempotent =
      this.reflector.getAllAndOverride(IDEMPOTENT_METADATA, targets) !== undefined
    request.caller = callerOf(request, signature, isIdempotent)
    // Whoever stores an idempotency key stores the nonce with it; other writes use theirs up here.
    if (!isIdempotent && !READ_METHODS.includes(request.method)) {
      await this.idempotency.useNonce(request.caller, signature.nonce)
    }
    return true
  }
}

/** A body that nobody would read: on a read, or where the handler asks for none. `{}` says nothing. */
function hasUnexpectedBody(request: FastifyRequest, context: ExecutionContext): boolean {
  // Fastify does not read the body of a GET, so only its headers tell.
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  if (coding === undefined && Number(length ?? 0) === 0) return false
  if (READ_METHODS.includes(request.method)) return true
  const parameters: object =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {}
  const takesBody = Object.keys(parameters).some((key) =>
    key.startsWith(`${RouteParamtypes.BODY}:`),
  )
  return !takesBody && request.rawBody?.toString() !== '{}'
}

function callerOf(
  request: FastifyRequest,
  { key, key_id, nonce, content_digests }: VerifiedSignature,
  isIdempotent: boolean,
): Caller {
  return {
    institution_id: key.institution_id,
    app_id: key.app_id,
    department_id: key.department_id,
    livemode: key.livemode,
    key_id,
    scopes: new Set(effectiveScopes(key.scopes, key.app_scopes)),
    api_version: resolveVersion(request.headers['bursar-version'], key.api_version),
    request_id: request.id,
    idempotency: isIdempotent
      ? {
          route: `${request.method} ${pathOf(request)}`,
          key: readIdempotencyKey(request.headers['idempotency-key']),
          request_hash: verifiedHashOf(content_digests) ?? hashBody(request.rawBody),
          nonce,
          allotted_id: newId('req').slice('req_'.length),
        }
      : null,
  }
}

/** The body's SHA-256, when the signature's digest was one: it was compared a moment ago. */
function verifiedHashOf(digests: VerifiedSignature['content_digests']): Buffer | undefined {
  return digests.find(({ algorithm }) => algorithm === 'sha-256')?.digest
}

/** A key may hold fewer scopes than its app, and never more: an app that lost a scope lost it for all keys. */
function effectiveScopes(ofKey: readonly string[], ofApp: readonly string[]): readonly string[] {
  return ofKey.length === 0 ? ofApp : ofKey.filter((scope) => ofApp.includes(scope))
}

function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?')
  return end === -1 ? request.url : request.url.slice(0, end)
}
