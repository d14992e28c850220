import { Module } from '@nestjs/common'
import { IdentityModule } from '../identity/identity.module.js'
import { ChecklistService } from './checklist.service.js'
import { EvidenceRepository } from './evidence.repository.js'
import { GoLiveController } from './go-live.controller.js'
import { SightingRepository } from './sighting.repository.js'

@Module({
  imports: [IdentityModule],
  controllers: [GoLiveController],
  providers: [ChecklistService, EvidenceRepository, SightingRepository],
})
export class GoLiveModule {}
