import { Module, type OnModuleInit } from '@nestjs/common'
import { SealedTexts } from '../../infra/crypto/sealed-texts.js'
import { CashierModule } from '../cashier/cashier.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { AuthorizationServer } from '../oauth/authorization-server.js'
import { OauthModule } from '../oauth/oauth.module.js'
import { PayersModule } from '../payers/payers.module.js'
import { CampusGuard } from './campus.guard.js'
import { CampusStrategy, SignInStates } from './campus.strategy.js'
import { ConsentController } from './consent.controller.js'
import { ConsentService } from './consent.service.js'
import { GrantsController } from './grants.controller.js'
import { GrantsPageService } from './grants-page.service.js'
import { InteractionService } from './interaction.service.js'
import { PayerAccessService } from './payer-access.service.js'
import { PayerCookies } from './payer-cookies.js'
import { PayerGrantRepository } from './payer-grant.repository.js'
import { PayerGrantService } from './payer-grant.service.js'
import { PayerPageFilter } from './payer-page.filter.js'
import { PayerPages } from './payer-pages.js'
import { PayerSessionRepository } from './payer-session.repository.js'
import { PayerSessionService } from './payer-session.service.js'
import { PayerSessionCleanJob } from './payer-session-clean.job.js'
import { RedirectUriRepository } from './redirect-uri.repository.js'
import { RedirectUriService } from './redirect-uri.service.js'
import { SignInController } from './sign-in.controller.js'
import { SignInService } from './sign-in.service.js'
import { SignInTickets } from './sign-in-ticket.js'

@Module({
  imports: [IdentityModule, OauthModule, PayersModule, CashierModule],
  controllers: [SignInController, ConsentController, GrantsController],
  providers: [
    SealedTexts,
    PayerCookies,
    PayerPages,
    PayerPageFilter,
    PayerSessionRepository,
    PayerSessionService,
    PayerSessionCleanJob,
    PayerGrantRepository,
    PayerGrantService,
    RedirectUriRepository,
    RedirectUriService,
    SignInTickets,
    SignInStates,
    CampusStrategy,
    CampusGuard,
    SignInService,
    InteractionService,
    ConsentService,
    GrantsPageService,
    PayerAccessService,
  ],
  exports: [RedirectUriService, PayerSessionCleanJob],
})
export class PayerAccessModule implements OnModuleInit {
  constructor(
    private readonly oauth: AuthorizationServer,
    private readonly access: PayerAccessService,
  ) {}

  onModuleInit(): void {
    this.oauth.delegate(this.access)
  }
}
