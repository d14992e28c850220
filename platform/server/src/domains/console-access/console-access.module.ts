import { Module } from '@nestjs/common'
import { SealedTexts } from '../../infra/crypto/sealed-texts.js'
import { CashierModule } from '../cashier/cashier.module.js'
import { IdentityModule } from '../identity/identity.module.js'
import { IdentityProvider } from './identity-provider.js'
import { JoinService } from './join.service.js'
import { OperatorGuard } from './operator.guard.js'
import { OperatorSignInStates, OperatorStrategy } from './operator.strategy.js'
import { OperatorPageFilter } from './operator-page.filter.js'
import { OperatorPages } from './operator-pages.js'
import { PasswordPageService } from './password-page.service.js'
import { PendingSignIns } from './pending-sign-in.js'
import { SecondFactorService } from './second-factor.service.js'
import { SignInController } from './sign-in.controller.js'
import { SignInService } from './sign-in.service.js'
import { SignInPageController } from './sign-in-page.controller.js'

@Module({
  imports: [IdentityModule, CashierModule],
  controllers: [SignInController, SignInPageController],
  providers: [
    SealedTexts,
    IdentityProvider,
    OperatorSignInStates,
    OperatorStrategy,
    OperatorGuard,
    OperatorPages,
    OperatorPageFilter,
    PendingSignIns,
    SignInService,
    PasswordPageService,
    SecondFactorService,
    JoinService,
  ],
  exports: [IdentityProvider],
})
export class ConsoleAccessModule {}
