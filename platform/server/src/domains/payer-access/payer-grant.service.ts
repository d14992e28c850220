import { Inject, Injectable } from '@nestjs/common'
import type { Tenant } from '../../infra/http/caller.js'
import { isOwnScope, type OwnScopeName } from '../../infra/http/own-scopes.js'
import { RevokedTokens } from '../../infra/oauth/revoked-tokens.js'
import { CLOCK } from '../../infra/tokens.js'
import type { Clock } from '../../kernel/clock.js'
import { IdentityService } from '../identity/identity.service.js'
import { AuthorizationServer } from '../oauth/authorization-server.js'
import { type PayerGrant, PayerGrantRepository } from './payer-grant.repository.js'

/** A grant as its payer sees it. */
export interface ShownGrant {
  readonly id: string
  readonly app_name: string
  readonly department_name: string
  readonly scopes: readonly OwnScopeName[]
  readonly since: Date
}

/** What payers let apps see: remembered until they take it back. */
@Injectable()
export class PayerGrantService {
  constructor(
    private readonly grants: PayerGrantRepository,
    private readonly identity: IdentityService,
    private readonly oauth: AuthorizationServer,
    private readonly revokedTokens: RevokedTokens,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async shown(tenant: Tenant, payerId: string): Promise<ShownGrant[]> {
    const grants = await this.grants.list(tenant, payerId)
    const shown = grants.map(async (grant) => {
      if (!(await this.isKept(grant))) return []
      const app = await this.identity.describeApp(tenant.institution_id, grant.app_id)
      const { app_name, department_name } = app
      const scopes = grant.scopes.filter(isOwnScope)
      return [{ id: grant.id, app_name, department_name, scopes, since: grant.created_at }]
    })
    return (await Promise.all(shown)).flat()
  }

  /** What this payer lets this app see now. */
  async standing(tenant: Tenant, payerId: string, appId: string): Promise<PayerGrant | null> {
    const grant = await this.grants.find(tenant, payerId, appId)
    return grant && (await this.isKept(grant)) ? grant : null
  }

  /** The grant with this id, unless it was taken back. */
  find(id: string): Promise<PayerGrant | null> {
    return this.grants.findById(id)
  }

  /** Adds to what the payer lets the app see; a first time makes the grant, with the proposed id. */
  allow(
    tenant: Tenant,
    payerId: string,
    appId: string,
    proposal: { readonly id: string; readonly scopes: readonly OwnScopeName[] },
  ): Promise<PayerGrant> {
    const now = this.clock.now()
    return this.grants.save({
      institution_id: tenant.institution_id,
      livemode: tenant.livemode,
      ...proposal,
      payer_id: payerId,
      app_id: appId,
      created_at: now,
      updated_at: now,
    })
  }

  /**
   * Takes a grant back: nothing more is issued under it, and its tokens are refused everywhere within five
   * seconds. False when this payer has no such grant. What it does is safe to repeat, and the row, by which a
   * repetition finds it, comes last.
   */
  async revoke(tenant: Tenant, payerId: string, id: string): Promise<boolean> {
    const grants = await this.grants.list(tenant, payerId)
    if (!grants.some((grant) => grant.id === id)) return false
    const provider = await this.oauth.provider()
    await (await provider.Grant.find(id))?.destroy()
    await this.revokedTokens.revoke(id)
    return this.grants.revoke(tenant, payerId, id, this.clock.now())
  }

  /**
   * Whether the authorization server still has it. It gives a grant up when one of its codes is used twice
   * (RFC 6749 section 4.1.2); the payer is then asked again.
   */
  private async isKept(grant: PayerGrant): Promise<boolean> {
    const provider = await this.oauth.provider()
    if (await provider.Grant.find(grant.id)) return true
    await this.grants.revoke(grant, grant.payer_id, grant.id, this.clock.now())
    return false
  }
}
