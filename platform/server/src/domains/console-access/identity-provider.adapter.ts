import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { OauthRecords } from '../../infra/oauth/oauth-records.js'

/** Ids of the library's own making. Anything else names nothing, whatever a browser sends. */
const ID_PATTERN = /^[\w-]{1,128}$/

/**
 * The memory of the identity provider of the console, in the records of OAuth under names of its own: nothing of
 * a payer's authorization can ever be found here, and nothing of this there.
 */
export class IdentityProviderAdapter implements Adapter {
  private readonly kind: string

  constructor(
    kind: string,
    private readonly records: OauthRecords,
  ) {
    this.kind = `Console${kind}`
  }

  async upsert(id: string, payload: AdapterPayload, expiresInSeconds = 60): Promise<void> {
    await this.records.upsert(this.kind, id, { ...payload }, expiresInSeconds)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (!ID_PATTERN.test(id)) return undefined
    return payloadOf(await this.records.find(this.kind, id))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    if (!ID_PATTERN.test(uid)) return undefined
    return payloadOf(await this.records.findByUid(this.kind, uid))
  }

  /** The device flow is not offered. */
  async findByUserCode(): Promise<undefined> {
    return undefined
  }

  /** The library looks whether a code was used and then uses it: of two at once, one must fail here. */
  async consume(id: string): Promise<void> {
    if (await this.records.consume(this.kind, id)) return
    throw new errors.InvalidGrant('already consumed')
  }

  destroy(id: string): Promise<void> {
    return this.records.remove(this.kind, id)
  }

  revokeByGrantId(grantId: string): Promise<void> {
    return this.records.removeOfGrant(this.kind, grantId)
  }
}

function payloadOf(record: Awaited<ReturnType<OauthRecords['find']>>): AdapterPayload | undefined {
  if (!record) return undefined
  const { payload, consumed_at } = record
  return consumed_at === null
    ? { ...payload }
    : { ...payload, consumed: Math.floor(consumed_at.getTime() / 1000) }
}
