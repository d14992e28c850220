import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { OauthRecords } from '../../infra/oauth/oauth-records.js'
import type { RevokedTokens } from '../../infra/oauth/revoked-tokens.js'
import type { OauthClients } from './oauth-clients.js'
import type { PresentedTokens } from './presented-tokens.js'

/** What the adapters of all kinds share. */
export interface AdapterStores {
  readonly clients: OauthClients
  readonly records: OauthRecords
  readonly revoked: RevokedTokens
  readonly presented: PresentedTokens
}

/** Ids of the library's own making. Anything else names nothing, whatever a browser or client sends. */
const ID_PATTERN = /^[\w-]{1,128}$/
/** Tokens prove themselves and are not stored. */
const TOKENS: readonly string[] = ['AccessToken', 'ClientCredentials']

/** The memory of the provider for one kind of thing, on PostgreSQL. */
export class ProviderAdapter implements Adapter {
  constructor(
    private readonly kind: string,
    private readonly stores: AdapterStores,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresInSeconds = 60): Promise<void> {
    await this.stores.records.upsert(this.kind, id, { ...payload }, expiresInSeconds)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.kind === 'Client') return this.stores.clients.metadata(id)
    if (TOKENS.includes(this.kind)) {
      return this.stores.presented.find(Provider.ctx, this.kind, id)
    }
    if (!ID_PATTERN.test(id)) return undefined
    return payloadOf(await this.stores.records.find(this.kind, id))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    if (!ID_PATTERN.test(uid)) return undefined
    return payloadOf(await this.stores.records.findByUid(this.kind, uid))
  }

  /** The device flow is not offered. */
  async findByUserCode(): Promise<undefined> {
    return undefined
  }

  /** The library looks whether a code was used and then uses it: of two at once, one must fail here. */
  async consume(id: string): Promise<void> {
    if (await this.stores.records.consume(this.kind, id)) return
    throw new errors.InvalidGrant('already consumed')
  }

  /** `id` is the `jti` of a token, or of whatever else is stored. */
  async destroy(id: string): Promise<void> {
    if (TOKENS.includes(this.kind)) await this.stores.revoked.revoke(id)
    else await this.stores.records.remove(this.kind, id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    if (this.kind !== 'AccessToken') {
      await this.stores.records.removeOfGrant(this.kind, grantId)
      return
    }
    // Revoking one token (RFC 7009) leaves the others of its grant alone; a code used twice takes all back.
    if (Provider.ctx?.oidc.route !== 'revocation') await this.stores.revoked.revoke(grantId)
  }
}

function payloadOf(record: Awaited<ReturnType<OauthRecords['find']>>): AdapterPayload | undefined {
  if (!record) return undefined
  const { payload, consumed_at } = record
  return consumed_at === null
    ? { ...payload }
    : { ...payload, consumed: Math.floor(consumed_at.getTime() / 1000) }
}
