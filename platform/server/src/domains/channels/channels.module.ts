import { Module } from '@nestjs/common'
import { ChannelRegistry } from './channel.registry.js'
import { ChannelAccountRepository } from './channel-account.repository.js'
import { ChannelAccountService } from './channel-account.service.js'

/** Needs `Database` and `Vault`, which the processes provide globally. */
@Module({
  providers: [ChannelRegistry, ChannelAccountRepository, ChannelAccountService],
  exports: [ChannelRegistry, ChannelAccountService],
})
export class ChannelsModule {}
