import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js'
import { Reflector } from '@nestjs/core'
import type { FastifyRequest } from 'fastify'
import { effectiveScopes } from '../../domains/identity/api-key.rules.js'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { targetUriOf } from '../../infra/crypto/http-signature.base.js'
import { Vault } from '../../infra/crypto/vault.js'
import { type Caller, hashBody } from '../../infra/http/caller.js'
import {
  FOR_INSTITUTION_METADATA,
  IDEMPOTENT_METADATA,
  PUBLIC_METADATA,
  SECRET_BODY_METADATA,
} from '../../infra/http/decorators.js'
import { HttpError } from '../../infra/http/http.errors.js'
import { replyOf, requestOf } from '../../infra/http/request.js'
import { PlatformError } from '../../kernel/errors.js'
import { newId } from '../../kernel/id.js'
import { readIdempotencyKey } from '../idempotency/idempotency-key.js'
import { callerOfReplay, currentReplay } from '../replay/replay-context.js'
import { versionsOf } from '../versioning/version-header.js'
import { SessionAuthenticator } from './session/session.authenticator.js'
import { checkKeyAddress } from './signature/key-address.rules.js'
import type { ApiKeyForVerification } from './signature/key-directory.port.js'
import { KeyUseRecorder } from './signature/key-use.recorder.js'
import { SignatureVerifier, type VerifiedSignature } from './signature/signature.verifier.js'
import { assertNoTokenInQuery } from './token/authorization-header.js'
import { TokenAuthenticator } from './token/token.authenticator.js'
import { callerOfBoth, callerOfToken, signatureRequired } from './token/token.caller.js'
import { challengesOf } from './token/token.challenge.js'
import { TokenError } from './token/token.errors.js'

const READ_METHODS: readonly string[] = ['GET', 'HEAD']

/** Finds out who is calling. A route is closed unless it says `@Public()`. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  private readonly bodyKey: KeyObject

  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: SignatureVerifier,
    private readonly uses: KeyUseRecorder,
    private readonly tokens: TokenAuthenticator,
    private readonly sessions: SessionAuthenticator,
    @Inject(CONFIG) private readonly config: Config,
    vault: Vault,
  ) {
    this.bodyKey = createSecretKey(vault.purposeKey('idempotency-body'))
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      return await this.authenticate(context)
    } catch (error) {
      const { authorization } = requestOf(context).headers
      if (isRefusal(error, authorization)) {
        const challenges = challengesOf(error, authorization, this.config.publicOrigin)
        replyOf(context).header('www-authenticate', challenges)
      }
      throw error
    }
  }

  private async authenticate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()]
    if (this.reflector.getAllAndOverride(PUBLIC_METADATA, targets)) return true
    const request = requestOf(context)
    if (hasUnexpectedBody(request, context)) {
      throw new HttpError('body_unexpected', 'This call takes no body.')
    }
    const isRead = READ_METHODS.includes(request.method)
    const isIdempotent =
      this.reflector.getAllAndOverride(IDEMPOTENT_METADATA, targets) !== undefined
    const replay = currentReplay()
    if (replay) {
      request.caller = callerOfReplay(request, replay, isIdempotent)
      return true
    }
    const isSecret = this.reflector.getAllAndOverride(SECRET_BODY_METADATA, targets) === true
    const hasToken = request.headers.authorization !== undefined
    // Whoever brings a credential of a program is a program, whatever cookies come along.
    const cookie = hasToken || isSigned(request) ? null : this.sessions.tokenOf(request)
    if (cookie !== null) {
      const isForInstitution =
        this.reflector.getAllAndOverride(FOR_INSTITUTION_METADATA, targets) === true
      const route = { isRead, isIdempotent, isForInstitution }
      const person = await this.sessions.authenticate(request, cookie, route)
      request.caller = isSecret ? this.withKeyedHash(person) : person
      return true
    }
    const toVerify = this.toVerify(request)
    assertNoTokenInQuery(request.raw.url ?? '')
    const token = hasToken ? await this.tokens.verify(toVerify) : null
    if (token && !isSigned(request)) {
      if (!isRead) throw signatureRequired()
      this.admit(token.key, request)
      request.caller = callerOfToken(request, token)
      return true
    }
    const signature = await this.verifier.verify(toVerify)
    // Also what is refused from here on is this key's doing.
    request.verifiedSignature = signature
    this.admit(signature.key, request)
    const signed = callerOf(request, signature, isIdempotent)
    const signer = isSecret ? this.withKeyedHash(signed) : signed
    request.caller = token ? callerOfBoth(signer, token) : signer
    // Whoever stores an idempotency key stores the nonce with it; other writes use theirs up alone.
    if (!isIdempotent && !isRead) request.nonceToUse = signature.nonce
    return true
  }

  /** Of a body with a secret in it nothing is kept that could confirm a guess. */
  private withKeyedHash(caller: Caller): Caller {
    const { idempotency } = caller
    if (!idempotency) return caller
    const hmac = createHmac('sha256', this.bodyKey).update(idempotency.request_hash)
    return { ...caller, idempotency: { ...idempotency, request_hash: hmac.digest() } }
  }

  /** A proven key also has to be where it may be used. */
  private admit(key: ApiKeyForVerification, request: FastifyRequest): void {
    checkKeyAddress(key, request)
    this.uses.note(key, new Date())
  }

  private toVerify(request: FastifyRequest) {
    return {
      method: request.method,
      targetUri: targetUriOf(this.config.publicOrigin, request.raw.url ?? ''),
      rawHeaders: request.raw.rawHeaders,
      rawBody: request.rawBody,
    }
  }
}

function isSigned(request: FastifyRequest): boolean {
  return request.headers.signature !== undefined || request.headers['signature-input'] !== undefined
}

/** Refusals of credentials: of none or wrong ones, and of a token that cannot be read. */
function isRefusal(error: unknown, authorization: string | undefined): error is PlatformError {
  if (!(error instanceof PlatformError)) return false
  return error.spec.status === 401 || (error instanceof TokenError && authorization !== undefined)
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
    credential: 'signature',
    actor_id: key_id,
    key_id,
    operator: null,
    payer_id: null,
    scopes: new Set(effectiveScopes(key.scopes, key.app_scopes)),
    ...versionsOf(request, key),
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

function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?')
  return end === -1 ? request.url : request.url.slice(0, end)
}
