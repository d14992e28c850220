import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import { CONFIG, type Config } from '../../infra/config/config.js'
import type { Caller, Tenant } from '../../infra/http/caller.js'
import { assert } from '../../kernel/assert.js'
import { ChannelError } from '../channels/channel.errors.js'
import { CHANNEL_CODES, type ChannelAccount, type ChannelCode } from '../channels/channel.port.js'
import {
  ChannelAccountService,
  type CreateChannelAccount,
} from '../channels/channel-account.service.js'
import { SANDBOX_ACCOUNTS } from './accounts/sandbox-account.table.js'
import type { SandboxAccount } from './accounts/sandbox-account.types.js'

const REGISTER_TIMEOUT_MS = 10_000
const SIMULATOR_ORIGIN = /^http:\/\/localhost:\d+(?=\/)/
const Settings = z.record(z.string(), z.unknown())

/** Gives an institution merchant accounts at the simulators, so that its test keys can collect money. */
@Injectable()
export class SandboxAccountService {
  constructor(
    private readonly accounts: ChannelAccountService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'simulatorOrigin'>,
  ) {}

  /** One at every simulated channel. Those that are there are only told where the simulators are by now. */
  async ensureAll(institutionId: string, merchantName: string): Promise<void> {
    for (const channel of CHANNEL_CODES) {
      const sandbox = SANDBOX_ACCOUNTS[channel]
      if (sandbox) await this.ensure(institutionId, merchantName, channel, sandbox)
    }
  }

  /** An account that one app alone uses. */
  async openForApp(app: AppRef, channel: ChannelCode): Promise<void> {
    const sandbox = SANDBOX_ACCOUNTS[channel]
    assert(sandbox, `the channel ${channel} has a simulated provider`)
    const { institution_id, livemode, app_id } = app
    await this.open({ institution_id, livemode, app_id }, channel, sandbox, `Test clock ${app_id}`)
  }

  /** An account of a department that no order is ever sent to. */
  async openDisabled(
    { institution_id, department_id }: Pick<Caller, 'institution_id' | 'department_id'>,
    channel: ChannelCode,
  ): Promise<ChannelAccount> {
    const sandbox = SANDBOX_ACCOUNTS[channel]
    assert(sandbox, `the channel ${channel} has a simulated provider`)
    const owner = { institution_id, livemode: false, department_id, status: 'disabled' } as const
    return this.open(owner, channel, sandbox, 'Sandbox events')
  }

  private async ensure(
    institutionId: string,
    merchantName: string,
    channel: ChannelCode,
    sandbox: SandboxAccount,
  ): Promise<void> {
    const known = await this.findAccount(institutionId, channel)
    if (known) return this.follow(known)
    const owner = { institution_id: institutionId, livemode: false }
    await this.open(owner, channel, sandbox, merchantName)
  }

  private async open(
    owner: Tenant & Pick<CreateChannelAccount, 'app_id' | 'department_id' | 'status'>,
    channel: ChannelCode,
    sandbox: SandboxAccount,
    merchantName: string,
  ): Promise<ChannelAccount> {
    const opened = await sandbox.open({
      merchant_name: merchantName,
      base_url: `${this.config.simulatorOrigin}/${channel}`,
      register: (merchant) => this.register(channel, merchant),
    })
    const name = owner.app_id === undefined ? sandbox.name : `${sandbox.name} (test clock)`
    return this.accounts.create({ ...owner, channel, name, ...opened })
  }

  private async findAccount(
    institutionId: string,
    channel: ChannelCode,
  ): Promise<ChannelAccount | null> {
    try {
      return await this.accounts.active(institutionId, false, channel)
    } catch (error) {
      if (error instanceof ChannelError && error.code === 'channel_account_missing') return null
      throw error
    }
  }

  /** The platform may have been started with another SIMULATOR_PORT this time. */
  private async follow(account: ChannelAccount): Promise<void> {
    const settings = Settings.parse(account.settings)
    const moved = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [name, this.moved(value)]),
    )
    const isMoved = Object.entries(moved).some(([name, value]) => value !== settings[name])
    if (isMoved) await this.accounts.changeSettings(account, moved)
  }

  private moved(value: unknown): unknown {
    if (typeof value !== 'string') return value
    return value.replace(SIMULATOR_ORIGIN, this.config.simulatorOrigin)
  }

  private async register(
    channel: ChannelCode,
    merchant: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    const url = `${this.config.simulatorOrigin}/_control/${channel}/merchants`
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(merchant),
      signal: AbortSignal.timeout(REGISTER_TIMEOUT_MS),
    })
    const text = await response.text()
    assert(response.ok, `the simulator refused a new merchant: ${response.status} ${text}`)
    return JSON.parse(text)
  }
}
