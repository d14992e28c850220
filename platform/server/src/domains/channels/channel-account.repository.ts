import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import type { ChannelCode } from './channel.port.js'

/** As stored: `settings` is sealed, and `channel` is whatever the table says. */
export interface ChannelAccountRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly id: string
  readonly channel: string
  readonly name: string
  readonly merchant_id: string
  readonly settings: Uint8Array
  readonly status: string
}

@Injectable()
export class ChannelAccountRepository {
  constructor(private readonly database: Database) {}

  async insert(row: ChannelAccountRow): Promise<void> {
    await this.database.prisma.channel_account.create({
      data: { ...row, settings: Uint8Array.from(row.settings) },
    })
  }

  async updateSettings(id: string, settings: Uint8Array): Promise<void> {
    await this.database.prisma.channel_account.updateMany({
      where: { id },
      data: { settings: Uint8Array.from(settings) },
    })
  }

  /** The newest active one, so that a new account takes over from the moment it is created. */
  findActive(
    institutionId: string,
    livemode: boolean,
    channel: ChannelCode,
  ): Promise<ChannelAccountRow | null> {
    return this.database.prisma.channel_account.findFirst({
      where: { institution_id: institutionId, livemode, channel, status: 'active' },
      orderBy: { id: 'desc' },
    })
  }

  find(institutionId: string, livemode: boolean, id: string): Promise<ChannelAccountRow | null> {
    return this.database.prisma.channel_account.findFirst({
      where: { institution_id: institutionId, livemode, id },
    })
  }

  /** Without its institution, which a provider's notification doesn't know. Ids are unique anyway. */
  findById(id: string): Promise<ChannelAccountRow | null> {
    return this.database.prisma.channel_account.findFirst({ where: { id } })
  }
}
