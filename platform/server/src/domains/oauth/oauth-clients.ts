import type { AdapterPayload } from 'oidc-provider'
import type { ClientDirectoryService } from '../identity/client-directory.service.js'
import { clientMetadataOf } from './oauth-client.js'
import type { PayerAccess } from './payer-access.port.js'

/** The clients of the authorization server: every app is one, under its own id. */
export class OauthClients {
  constructor(
    private readonly directory: ClientDirectoryService,
    private readonly payerAccess: () => PayerAccess | null,
  ) {}

  async metadata(clientId: string): Promise<AdapterPayload | undefined> {
    const app = await this.directory.find(clientId)
    if (!app) return undefined
    const uris = await this.payerAccess()?.redirectUris(app.institution_id, app.app_id)
    return clientMetadataOf(app, uris?.map(({ redirect_uri }) => redirect_uri) ?? [])
  }
}
