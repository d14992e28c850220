import { Module } from '@nestjs/common'
import { APP_FILTER, APP_GUARD, APP_PIPE, HttpAdapterHost } from '@nestjs/core'
import type { FastifyAdapter } from '@nestjs/platform-fastify'
import { IdentityModule } from '../domains/identity/identity.module.js'
import { KeyDirectoryService } from '../domains/identity/key-directory.service.js'
import { OperatorMembershipService } from '../domains/identity/operators/operator-membership.service.js'
import { OperatorSessionService } from '../domains/identity/operators/operator-session.service.js'
import { RequestLogModule } from '../domains/request-log/request-log.module.js'
import { RequestLogService } from '../domains/request-log/request-log.service.js'
import { CONFIG, type Config, docsBaseOf } from '../infra/config/config.js'
import { PlatformKeys } from '../infra/crypto/platform-keys.js'
import { AccessTokenVerifier } from '../infra/oauth/access-token.verifier.js'
import { ReplayMarks } from '../infra/oauth/replay-marks.js'
import { RevokedTokens } from '../infra/oauth/revoked-tokens.js'
import { CLOCK } from '../infra/tokens.js'
import type { Clock } from '../kernel/clock.js'
import { AuthenticationGuard } from './authentication/authentication.guard.js'
import { SignatureDiagnosisController } from './authentication/diagnosis/signature-diagnosis.controller.js'
import { SignatureDiagnosisService } from './authentication/diagnosis/signature-diagnosis.service.js'
import { SessionAuthenticator } from './authentication/session/session.authenticator.js'
import { KeyCache } from './authentication/signature/key-cache.js'
import { KeyUseRecorder } from './authentication/signature/key-use.recorder.js'
import { ReadNonceCache } from './authentication/signature/read-nonce.cache.js'
import { SignatureVerifier } from './authentication/signature/signature.verifier.js'
import { TokenAuthenticator } from './authentication/token/token.authenticator.js'
import { ScopesGuard } from './authorization/scopes.guard.js'
import { NonceGuard } from './idempotency/nonce.guard.js'
import { ProblemFilter } from './problem/problem.filter.js'
import { SchemaPipe } from './problem/schema.pipe.js'
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js'
import { RateLimitModule } from './rate-limit/rate-limit.module.js'
import { ReplayController } from './replay/replay.controller.js'
import { ReplayService } from './replay/replay.service.js'
import { ResponseSigner } from './response-signing/response-signer.js'
import { VersioningGuard } from './versioning/versioning.guard.js'

/** What happens to every request before a controller sees it, in this order. */
@Module({
  imports: [IdentityModule, RequestLogModule, RateLimitModule],
  controllers: [SignatureDiagnosisController, ReplayController],
  providers: [
    ReplayService,
    {
      provide: KeyCache,
      inject: [KeyDirectoryService],
      useFactory: (keys: KeyDirectoryService) => new KeyCache(keys),
    },
    {
      provide: SignatureVerifier,
      inject: [KeyCache, CLOCK],
      useFactory: (keys: KeyCache, clock: Clock) =>
        new SignatureVerifier(keys, new ReadNonceCache(), clock),
    },
    {
      provide: TokenAuthenticator,
      inject: [AccessTokenVerifier, RevokedTokens, ReplayMarks, KeyCache, CLOCK],
      useFactory: (
        verifier: AccessTokenVerifier,
        revoked: RevokedTokens,
        marks: ReplayMarks,
        keys: KeyCache,
        clock: Clock,
      ) => new TokenAuthenticator(verifier, revoked, marks, keys, clock),
    },
    {
      provide: SessionAuthenticator,
      inject: [OperatorSessionService, OperatorMembershipService, CONFIG],
      useFactory: (
        sessions: OperatorSessionService,
        memberships: OperatorMembershipService,
        { publicOrigin }: Config,
      ) => new SessionAuthenticator(sessions, memberships, publicOrigin),
    },
    {
      provide: SignatureDiagnosisService,
      inject: [KeyCache, CONFIG, CLOCK, RequestLogService],
      useFactory: (keys: KeyCache, config: Config, clock: Clock, log: RequestLogService) =>
        new SignatureDiagnosisService(keys, config.publicOrigin, clock, log),
    },
    {
      provide: ResponseSigner,
      inject: [PlatformKeys, CONFIG, CLOCK],
      useFactory: (keys: PlatformKeys, config: Config, clock: Clock) =>
        new ResponseSigner(keys, config.publicOrigin, clock),
    },
    {
      provide: KeyUseRecorder,
      inject: [KeyDirectoryService],
      useFactory: (keys: KeyDirectoryService) => new KeyUseRecorder(keys),
    },
    {
      provide: APP_FILTER,
      inject: [CONFIG],
      useFactory: (config: Config) => new ProblemFilter(docsBaseOf(config)),
    },
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_GUARD, useClass: ScopesGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: VersioningGuard },
    { provide: APP_GUARD, useClass: NonceGuard },
    { provide: APP_PIPE, useClass: SchemaPipe },
  ],
})
export class GatewayModule {
  constructor(host: HttpAdapterHost<FastifyAdapter>, signer: ResponseSigner) {
    host.httpAdapter.getInstance().responseSigning.signer = signer
  }
}
