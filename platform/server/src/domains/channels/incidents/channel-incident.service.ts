import { Inject, Injectable, Logger } from '@nestjs/common'
import { Vault } from '../../../infra/crypto/vault.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { newId } from '../../../kernel/id.js'
import type { ChannelAccount } from '../channel.port.js'
import { ChannelIncidentRepository } from './channel-incident.repository.js'
import type { ChannelIncidentRow, IncidentKind } from './channel-incident.types.js'
import { IncidentQuota } from './incident-quota.js'

const EXCERPT_BYTES_MAX = 4_096
const REASON_LENGTH_MAX = 500

export interface NewIncident {
  readonly account: Pick<ChannelAccount, 'institution_id' | 'livemode' | 'id'>
  readonly kind: IncidentKind
  readonly reason: string
  readonly evidence?: Buffer
}

/** Keeps for inspection what a channel said that nobody understood, or what somebody said in its name. */
@Injectable()
export class ChannelIncidentService {
  private readonly logger = new Logger('ChannelIncident')
  private readonly quota = new IncidentQuota()
  private readonly writing = new Set<Promise<void>>()

  constructor(
    private readonly incidents: ChannelIncidentRepository,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** At once and beside whatever goes on: the answer to a provider waits for no evidence. */
  keep(incident: NewIncident): void {
    const { account, kind } = incident
    const now = this.clock.now()
    const suppressed = this.quota.take(`${account.id} ${kind}`, now.getTime())
    if (suppressed === null) return
    const writing = this.write(incident, suppressed, now)
      .catch((error: unknown) =>
        this.logger.error({ err: error, account: account.id, kind }, 'an incident is lost'),
      )
      .finally(() => this.writing.delete(writing))
    this.writing.add(writing)
  }

  /** What was being written is written. */
  async settled(): Promise<void> {
    await Promise.all(this.writing)
  }

  private async write(incident: NewIncident, suppressed: number, now: Date): Promise<void> {
    const { account, kind, reason, evidence } = incident
    const { institution_id, livemode, id: account_id } = account
    const id = newId('inc')
    const row: ChannelIncidentRow = {
      ...{ institution_id, livemode, id, account_id, kind, suppressed },
      reason: reason.slice(0, REASON_LENGTH_MAX),
      excerpt: evidence?.length ? await this.seal(institution_id, id, evidence) : null,
      length: evidence?.length ?? 0,
      created_at: now,
    }
    await this.incidents.insert(row)
  }

  /** As base64: what nobody could read need not be a text in any encoding. */
  private seal(institutionId: string, id: string, evidence: Buffer): Promise<Buffer> {
    // Base64 makes four bytes of three.
    const kept = evidence.subarray(0, (EXCERPT_BYTES_MAX / 4) * 3)
    return this.vault.seal(institutionId, excerptContext(id), kept.toString('base64'))
  }
}

/** Binds the sealed excerpt to its column and row. */
export function excerptContext(id: string): string {
  return `channel_incidents.excerpt:${id}`
}
