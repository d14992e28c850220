import { Module } from '@nestjs/common'
import { IdentityModule } from '../identity/identity.module.js'
import { AuthorizationServer } from './authorization-server.js'

@Module({
  imports: [IdentityModule],
  providers: [AuthorizationServer],
  exports: [AuthorizationServer],
})
export class OauthModule {}
