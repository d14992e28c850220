import { Injectable } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import type { RequestLive, WireApp } from '../identity/apps/app.schema.js'
import { AppService } from '../identity/apps/app.service.js'
import { AppLiveService } from '../identity/apps/app-live.service.js'
import { missing, unseen } from './checklist.rules.js'
import { type Checklist, toWireChecklist } from './checklist.schema.js'
import type { ChecklistItem, Evidence } from './checklist.table.js'
import { EvidenceRepository } from './evidence.repository.js'
import { GoLiveError } from './go-live.errors.js'
import { type Sandbox, type Sighting, SightingRepository } from './sighting.repository.js'

type Look = (sandbox: Sandbox) => Promise<Sighting | null>

/** The checklist of an app, ticked by what the sandbox saw, and live access, which asks for it. */
@Injectable()
export class ChecklistService {
  private readonly looks: Readonly<Record<ChecklistItem, Look>>

  constructor(
    private readonly apps: AppService,
    private readonly live: AppLiveService,
    private readonly evidence: EvidenceRepository,
    private readonly sightings: SightingRepository,
  ) {
    this.looks = {
      payment_succeeded: (sandbox) => sightings.payment(sandbox),
      webhook_verified: (sandbox) => sightings.passedGrade(sandbox),
      signature_verified: (sandbox) => sightings.refusedSignature(sandbox),
      refund_tried: (sandbox) => sightings.refund(sandbox),
      unknown_outcome_handled: (sandbox) => this.handledDoubt(sandbox),
      idempotency_retried: (sandbox) => sightings.replay(sandbox),
      key_limited: (sandbox) => sightings.limitedKey(sandbox),
      second_key_made: (sandbox) => sightings.secondKey(sandbox),
    }
  }

  /** @throws IdentityError app_not_found */
  async get(caller: Caller, appId: string): Promise<Checklist> {
    await this.apps.require(caller, appId)
    return toWireChecklist(appId, await this.seen(caller.institution_id, appId))
  }

  /** @throws GoLiveError go_live_not_ready; otherwise as `AppLiveService.request` does */
  async requestLive(caller: Caller, appId: string, body: RequestLive): Promise<WireApp> {
    await this.apps.require(caller, appId, 'apps:write')
    const open = missing(await this.seen(caller.institution_id, appId))
    if (open.length > 0) {
      throw new GoLiveError(
        'go_live_not_ready',
        `The sandbox has not seen everything yet: ${open.join(', ')}. GET /v1/apps/${appId}/checklist says how.`,
      )
    }
    return this.live.request(caller, appId, body)
  }

  /** What was kept, and what is found now and kept from now on. */
  private async seen(institutionId: string, appId: string): Promise<Evidence[]> {
    const known = await this.evidence.list(institutionId, appId)
    const open = unseen(known)
    if (open.length === 0) return known
    const sandbox = await this.sightings.sandboxOf(institutionId, appId)
    const found: Evidence[] = []
    for (const item of open) {
      const sighting = await this.looks[item](sandbox)
      if (sighting) found.push({ item, ...sighting })
    }
    await this.evidence.keep(institutionId, appId, found)
    return [...known, ...found]
  }

  private async handledDoubt(sandbox: Sandbox): Promise<Sighting | null> {
    for (const doubt of await this.sightings.endedDoubts(sandbox)) {
      const asked = await this.sightings.askedAbout(sandbox, doubt)
      if (asked) return asked
      const told = await this.sightings.wasTold(sandbox, doubt)
      if (told) return told
    }
    return null
  }
}
