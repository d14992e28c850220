import { Module } from '@nestjs/common'
import { ApiKeyController } from './api-key.controller.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { ApiKeyService } from './api-key.service.js'
import { ApiKeyExpiringJob } from './api-key-expiring.job.js'
import { AppController } from './apps/app.controller.js'
import { AppRepository } from './apps/app.repository.js'
import { AppService } from './apps/app.service.js'
import { AppLiveService } from './apps/app-live.service.js'
import { AppLiveRequestRepository } from './apps/app-live-request.repository.js'
import { AppMemberController } from './apps/app-member.controller.js'
import { AppMemberService } from './apps/app-member.service.js'
import { ClientAppRepository } from './client-app.repository.js'
import { ClientDirectoryService } from './client-directory.service.js'
import { DepartmentController } from './department.controller.js'
import { DepartmentRepository } from './department.repository.js'
import { DepartmentService } from './department.service.js'
import { IdentityRepository } from './identity.repository.js'
import { IdentityService } from './identity.service.js'
import { KeyDirectoryService } from './key-directory.service.js'
import { KeyOperatorService } from './key-operator.service.js'
import { KeyRegistryService } from './key-registry.service.js'
import { InvitationController } from './operators/invitation.controller.js'
import { InvitationRepository } from './operators/invitation.repository.js'
import { InvitationService } from './operators/invitation.service.js'
import { OperatorController } from './operators/operator.controller.js'
import { OperatorRepository } from './operators/operator.repository.js'
import { OperatorService } from './operators/operator.service.js'
import { OperatorCredentialRepository } from './operators/operator-credential.repository.js'
import { OperatorCredentialService } from './operators/operator-credential.service.js'
import { OperatorDirectoryService } from './operators/operator-directory.service.js'
import { OperatorMembershipRepository } from './operators/operator-membership.repository.js'
import { OperatorMembershipService } from './operators/operator-membership.service.js'
import { OperatorSessionRepository } from './operators/operator-session.repository.js'
import { OperatorSessionService } from './operators/operator-session.service.js'
import { OperatorSessionCleanJob } from './operators/operator-session-clean.job.js'
import { OwnSessionController } from './operators/own-session.controller.js'
import { OwnSessionService } from './operators/own-session.service.js'
import { SessionController } from './operators/session.controller.js'
import { SessionViewService } from './operators/session-view.service.js'
import { SignInFailureRepository } from './operators/sign-in-failure.repository.js'
import { SignInThrottle } from './operators/sign-in-throttle.service.js'
import { SignOutService } from './operators/sign-out.service.js'

@Module({
  controllers: [
    ApiKeyController,
    DepartmentController,
    SessionController,
    AppController,
    AppMemberController,
    OwnSessionController,
    OperatorController,
    InvitationController,
  ],
  providers: [
    AppRepository,
    AppService,
    AppLiveRequestRepository,
    AppLiveService,
    AppMemberService,
    ApiKeyRepository,
    ApiKeyService,
    ApiKeyExpiringJob,
    ClientAppRepository,
    ClientDirectoryService,
    DepartmentRepository,
    DepartmentService,
    IdentityRepository,
    IdentityService,
    KeyDirectoryService,
    KeyOperatorService,
    KeyRegistryService,
    InvitationRepository,
    InvitationService,
    OperatorRepository,
    OperatorService,
    OperatorCredentialRepository,
    OperatorCredentialService,
    OperatorSessionCleanJob,
    OwnSessionService,
    SignInFailureRepository,
    SignInThrottle,
    OperatorDirectoryService,
    OperatorMembershipRepository,
    OperatorMembershipService,
    OperatorSessionRepository,
    OperatorSessionService,
    SessionViewService,
    SignOutService,
  ],
  exports: [
    AppService,
    AppLiveService,
    ApiKeyExpiringJob,
    ApiKeyService,
    ClientDirectoryService,
    DepartmentService,
    IdentityService,
    KeyDirectoryService,
    KeyOperatorService,
    InvitationService,
    OperatorCredentialService,
    OperatorDirectoryService,
    OperatorMembershipService,
    OperatorService,
    OperatorSessionCleanJob,
    OperatorSessionService,
  ],
})
export class IdentityModule {}
