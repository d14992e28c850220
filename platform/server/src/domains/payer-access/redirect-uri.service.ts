import { Injectable } from '@nestjs/common'
import { IdentityService } from '../identity/identity.service.js'
import { PayerAccessError } from './payer-access.errors.js'
import { RedirectUriRepository, type RedirectUriRow } from './redirect-uri.repository.js'
import { redirectUriProblem } from './redirect-uri.rules.js'

/** Where an app may have payers sent back to. */
@Injectable()
export class RedirectUriService {
  constructor(
    private readonly repository: RedirectUriRepository,
    private readonly identity: IdentityService,
  ) {}

  list(institutionId: string, appId: string): Promise<RedirectUriRow[]> {
    return this.repository.list(institutionId, appId)
  }

  /** The mode in which an app asks when it wants the answer sent there; null: not registered. */
  async modeOf(institutionId: string, appId: string, redirectUri: string): Promise<boolean | null> {
    const known = await this.repository.list(institutionId, appId)
    return known.find(({ redirect_uri }) => redirect_uri === redirectUri)?.livemode ?? null
  }

  /**
   * Replaces the app's addresses in one mode; none: it may ask nobody there.
   * @throws PayerAccessError redirect_uri_invalid; IdentityError app_not_found
   */
  async replace(
    app: { readonly institution_id: string; readonly app_id: string; readonly livemode: boolean },
    uris: readonly string[],
  ): Promise<void> {
    await this.identity.describeApp(app.institution_id, app.app_id)
    for (const uri of uris) {
      const problem = redirectUriProblem(uri, app.livemode)
      if (problem) throw new PayerAccessError('redirect_uri_invalid', `${uri} ${problem}.`)
    }
    const { institution_id, app_id, livemode } = app
    if (await this.repository.replace(institution_id, app_id, livemode, [...new Set(uris)])) return
    throw new PayerAccessError(
      'redirect_uri_invalid',
      'One of these belongs to the other mode. An address serves one mode, so that it says in which mode an app asks.',
    )
  }
}
