import type { IncomingMessage } from 'node:http'
import { Injectable } from '@nestjs/common'
import type {
  PayerAccess,
  PayerGrantClaims,
  RegisteredRedirectUri,
} from '../oauth/payer-access.port.js'
import { PayerService } from '../payers/payer.service.js'
import { PayerGrantService } from './payer-grant.service.js'
import { PayerPages } from './payer-pages.js'
import { RedirectUriService } from './redirect-uri.service.js'

/** What the authorization server wants to know of payers. */
@Injectable()
export class PayerAccessService implements PayerAccess {
  constructor(
    private readonly uris: RedirectUriService,
    private readonly payers: PayerService,
    private readonly grants: PayerGrantService,
    private readonly pages: PayerPages,
  ) {}

  redirectUris(institutionId: string, appId: string): Promise<readonly RegisteredRedirectUri[]> {
    return this.uris.list(institutionId, appId)
  }

  interactionPath(uid: string): string {
    return `/payer/interactions/${uid}`
  }

  errorPage(request: IncomingMessage, reason: string): string {
    return this.pages.errorPage(request, reason)
  }

  isPayer(payerId: string): Promise<boolean> {
    return this.payers.exists(payerId)
  }

  async grantClaims(grantId: string, payerId: string): Promise<PayerGrantClaims | null> {
    const grant = await this.grants.find(grantId)
    if (grant?.payer_id !== payerId) return null
    return { payer_id: payerId, grant_id: grant.id, livemode: grant.livemode }
  }
}
