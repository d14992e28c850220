import { Module, StandardSchemaValidationPipe } from '@nestjs/common'
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core'
import { IdentityModule } from '../domains/identity/identity.module.js'
import { KeyDirectoryService } from '../domains/identity/key-directory.service.js'
import { CONFIG, type Config, docsBaseOf } from '../infra/config/config.js'
import { systemClock } from '../kernel/clock.js'
import { AuthenticationGuard } from './authentication/authentication.guard.js'
import { KeyCache } from './authentication/signature/key-cache.js'
import { ReadNonceCache } from './authentication/signature/read-nonce.cache.js'
import { SignatureVerifier } from './authentication/signature/signature.verifier.js'
import { ScopesGuard } from './authorization/scopes.guard.js'
import { ProblemFilter } from './problem/problem.filter.js'
import { validationProblem } from './problem/validation.js'

/** What happens to every request before a controller sees it, in this order. */
@Module({
  imports: [IdentityModule],
  providers: [
    {
      provide: SignatureVerifier,
      inject: [KeyDirectoryService],
      useFactory: (keys: KeyDirectoryService) =>
        new SignatureVerifier(new KeyCache(keys), new ReadNonceCache(), systemClock),
    },
    {
      provide: APP_FILTER,
      inject: [CONFIG],
      useFactory: (config: Config) => new ProblemFilter(docsBaseOf(config)),
    },
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_GUARD, useClass: ScopesGuard },
    {
      provide: APP_PIPE,
      useFactory: () =>
        new StandardSchemaValidationPipe({
          exceptionFactory: (issues) => validationProblem([...issues]),
        }),
    },
  ],
})
export class GatewayModule {}
