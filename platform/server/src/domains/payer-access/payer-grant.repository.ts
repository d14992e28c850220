import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'

export interface PayerGrant {
  readonly institution_id: string
  readonly livemode: boolean
  /** The `grant_id` of the tokens issued under it. */
  readonly id: string
  readonly payer_id: string
  readonly app_id: string
  readonly scopes: readonly string[]
  readonly created_at: Date
  readonly updated_at: Date
}

/** What payers let apps see. Only standing grants are ever read. */
@Injectable()
export class PayerGrantRepository {
  constructor(private readonly database: Database) {}

  list({ institution_id, livemode }: Tenant, payerId: string): Promise<PayerGrant[]> {
    return this.database.prisma.payer_grant.findMany({
      where: { institution_id, livemode, payer_id: payerId, revoked_at: null },
      orderBy: { created_at: 'desc' },
    })
  }

  find(
    { institution_id, livemode }: Tenant,
    payerId: string,
    appId: string,
  ): Promise<PayerGrant | null> {
    return this.database.prisma.payer_grant.findFirst({
      where: { institution_id, livemode, payer_id: payerId, app_id: appId, revoked_at: null },
    })
  }

  findById(id: string): Promise<PayerGrant | null> {
    return this.database.prisma.payer_grant.findFirst({ where: { id, revoked_at: null } })
  }

  /**
   * Notes what is allowed under this grant. Of two forms sent at once the second adds to what the first made,
   * so its id counts, not the one that was proposed.
   */
  async save(grant: PayerGrant): Promise<PayerGrant> {
    const [row] = await this.database.query<PayerGrant>(
      `insert into payer_grants
         (institution_id, livemode, id, payer_id, app_id, scopes, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (institution_id, livemode, payer_id, app_id) where revoked_at is null
       do update set updated_at = excluded.updated_at,
         scopes = (select array_agg(distinct scope order by scope)
                     from unnest(payer_grants.scopes || excluded.scopes) as both_of(scope))
       returning *`,
      [
        grant.institution_id,
        grant.livemode,
        grant.id,
        grant.payer_id,
        grant.app_id,
        grant.scopes,
        grant.created_at,
        grant.updated_at,
      ],
    )
    return row ?? grant
  }

  /** False when this payer has no such standing grant. */
  async revoke({ institution_id, livemode }: Tenant, payerId: string, id: string, at: Date) {
    const { count } = await this.database.prisma.payer_grant.updateMany({
      where: { institution_id, livemode, payer_id: payerId, id, revoked_at: null },
      data: { revoked_at: at },
    })
    return count === 1
  }
}
