import { Module } from '@nestjs/common'
import { ApiKeyRepository } from './api-key.repository.js'
import { IdentityRepository } from './identity.repository.js'
import { IdentityService } from './identity.service.js'
import { KeyDirectoryService } from './key-directory.service.js'

@Module({
  providers: [ApiKeyRepository, IdentityRepository, KeyDirectoryService, IdentityService],
  exports: [KeyDirectoryService, IdentityService],
})
export class IdentityModule {}
