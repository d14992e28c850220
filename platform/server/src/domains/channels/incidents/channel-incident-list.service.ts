import { Injectable } from '@nestjs/common'
import { Vault } from '../../../infra/crypto/vault.js'
import type { Caller } from '../../../infra/http/caller.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { isId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { accountNotFound, requireOwn } from '../accounts/channel-account-access.js'
import { ChannelAccountRepository } from '../channel-account.repository.js'
import { ChannelIncidentRepository } from './channel-incident.repository.js'
import {
  type ChannelIncident,
  type ChannelIncidentListQuery,
  toWireIncident,
} from './channel-incident.schema.js'
import { excerptContext } from './channel-incident.service.js'
import type { ChannelIncidentRow } from './channel-incident.types.js'

/** Shows what was kept to whoever looks after the account. */
@Injectable()
export class ChannelIncidentListService {
  constructor(
    private readonly incidents: ChannelIncidentRepository,
    private readonly accounts: ChannelAccountRepository,
    private readonly vault: Vault,
  ) {}

  /** @throws ChannelError channel_account_not_found */
  async list(
    caller: Caller,
    accountId: string,
    query: ChannelIncidentListQuery,
  ): Promise<WireList<ChannelIncident>> {
    if (!isId(accountId, 'cha')) throw accountNotFound(accountId)
    const { institution_id, livemode } = caller
    const account = await this.accounts.find(institution_id, livemode, accountId)
    requireOwn(caller, account, accountId)
    const filter = { ...listFilterOf(query), kind: query.kind ?? null }
    const page = toPage(await this.incidents.list(caller, accountId, filter), filter.limit)
    const shown = await Promise.all(page.rows.map((row) => this.shown(row)))
    return toWireList({ ...page, rows: shown }, (incident) => incident)
  }

  private async shown(row: ChannelIncidentRow): Promise<ChannelIncident> {
    const { institution_id, id, excerpt } = row
    const opened = excerpt && (await this.vault.open(institution_id, excerptContext(id), excerpt))
    return toWireIncident(row, opened)
  }
}
