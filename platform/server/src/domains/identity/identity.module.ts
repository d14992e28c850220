import { Module } from '@nestjs/common'
import { ApiKeyController } from './api-key.controller.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { ApiKeyService } from './api-key.service.js'
import { ApiKeyExpiringJob } from './api-key-expiring.job.js'
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

@Module({
  controllers: [ApiKeyController, DepartmentController],
  providers: [
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
  ],
  exports: [
    ApiKeyExpiringJob,
    ClientDirectoryService,
    DepartmentService,
    IdentityService,
    KeyDirectoryService,
    KeyOperatorService,
  ],
})
export class IdentityModule {}
