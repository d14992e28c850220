import { Injectable } from '@nestjs/common'
import { ChannelError } from '../channel.errors.js'
import type { ChannelAccount, RawNotification } from '../channel.port.js'
import { ChannelIncidentService } from '../incidents/channel-incident.service.js'
import type { ChannelAnswer, ChannelWatcher } from './channel.observer.js'
import { ChannelHealthService } from './channel-health.service.js'
import type { CallKind } from './fault-window.js'

/** `unknown`, and yet a clear answer: the provider works, somebody has to finish the refund there. */
const CLEAR_REASON = /^refund_abnormal\b/

/** Makes health and incidents of how calls end. */
@Injectable()
export class ChannelWatchService implements ChannelWatcher {
  constructor(
    private readonly health: ChannelHealthService,
    private readonly incidents: ChannelIncidentService,
  ) {}

  async answered(
    account: ChannelAccount,
    kind: CallKind,
    answer: ChannelAnswer,
    evidence: Buffer | null,
  ): Promise<void> {
    const { reason = 'no reason given' } = answer
    const isFault = answer.kind === 'unknown' && !CLEAR_REASON.test(reason)
    if (isFault && evidence) {
      this.incidents.keep({ account, kind: 'answer_unreadable', reason, evidence })
    }
    await this.health.report(account, kind, isFault ? reason : null)
  }

  refused(account: ChannelAccount, raw: RawNotification, error: unknown): void {
    // Anything else is a defect of ours, which is logged as one.
    if (!(error instanceof ChannelError)) return
    const reason = `${error.code}: ${error.message}`
    this.incidents.keep({ account, kind: 'notification_refused', reason, evidence: raw.body })
  }
}
