import type { IncomingMessage, ServerResponse } from 'node:http'
import { Inject, Injectable, Logger } from '@nestjs/common'
import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { Vault } from '../../infra/crypto/vault.js'
import { isDatabaseAway } from '../../infra/database/database-away.js'
import { OauthRecords } from '../../infra/oauth/oauth-records.js'
import type { ProvenPerson } from '../identity/operators/operator-credential.service.js'
import { OperatorDirectoryService } from '../identity/operators/operator-directory.service.js'
import { speakFor } from '../oauth/provider.origin.js'
import { identityProviderConfiguration } from './identity-provider.configuration.js'

/**
 * Our own identity provider for the people of the console: an issuer of its own beside the authorization server
 * of apps and payers, with other cookies, other records and one client. Neither can be talked into the other's work.
 */
@Injectable()
export class IdentityProvider {
  readonly provider: Provider
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** The console's own: it never leaves the platform. */
  readonly clientSecret: string
  private readonly logger = new Logger('IdentityProvider')

  constructor(
    @Inject(CONFIG) { publicOrigin }: Config,
    vault: Vault,
    records: OauthRecords,
    directory: OperatorDirectoryService,
  ) {
    this.clientSecret = vault.purposeKey('console-client').toString('base64url')
    this.provider = new Provider(
      `${publicOrigin}/console/identity`,
      identityProviderConfiguration({
        ...{ publicOrigin, records, clientSecret: this.clientSecret },
        cookieKey: vault.purposeKey('console-identity-cookies').toString('base64url'),
        async isPerson(subject) {
          const person = personOf(subject)
          return person !== null && (await directory.find(person)) !== null
        },
      }),
    )
    speakFor(this.provider, publicOrigin)
    const report = (err: unknown) => this.logger.error({ err, msg: 'the sign-in failed' })
    this.provider.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
      report(error)
      if (isDatabaseAway(error)) ctx.status = 503
    })
    this.provider.onerror = report
    this.handle = this.provider.callback()
  }
}

/** A person as the provider's `sub`. */
export const subjectOf = ({ institution_id, operator_id }: ProvenPerson): string =>
  `${institution_id}.${operator_id}`

export function personOf(subject: unknown): ProvenPerson | null {
  if (typeof subject !== 'string') return null
  const [, institution_id, operator_id] = /^(inst_\w{26})\.(opr_\w{26})$/.exec(subject) ?? []
  if (institution_id === undefined || operator_id === undefined) return null
  return { institution_id, operator_id }
}
