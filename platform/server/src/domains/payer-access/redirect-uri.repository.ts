import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'

export interface RedirectUriRow {
  readonly redirect_uri: string
  readonly livemode: boolean
}

@Injectable()
export class RedirectUriRepository {
  constructor(private readonly database: Database) {}

  list(institutionId: string, appId: string): Promise<RedirectUriRow[]> {
    return this.database.prisma.app_redirect_uri.findMany({
      where: { institution_id: institutionId, app_id: appId },
      select: { redirect_uri: true, livemode: true },
      orderBy: { redirect_uri: 'asc' },
    })
  }

  /** Replaces those of one mode. False when one of them belongs to the other mode. */
  replace(
    institutionId: string,
    appId: string,
    livemode: boolean,
    uris: readonly string[],
  ): Promise<boolean> {
    return this.database
      .transaction(async (tx) => {
        const key = [institutionId, appId, livemode]
        await tx.query(
          'delete from app_redirect_uris where institution_id = $1 and app_id = $2 and livemode = $3',
          key,
        )
        const inserted = await tx.query(
          `insert into app_redirect_uris (institution_id, app_id, livemode, redirect_uri)
         select $1, $2, $3, uri from unnest($4::text[]) as given(uri)
         on conflict do nothing returning 1`,
          [...key, uris],
        )
        if (inserted.length === uris.length) return true
        throw new TakenError()
      })
      .catch((error: unknown) => {
        if (error instanceof TakenError) return false
        throw error
      })
  }
}

/** Rolls the replacement back. */
class TakenError extends Error {}
