import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { assert } from '../../kernel/assert.js'
import { ChannelError } from '../channels/channel.errors.js'
import type { ChannelAccount } from '../channels/channel.port.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'

const REGISTER_TIMEOUT_MS = 10_000
const SimulatedSettings = z.looseObject({ base_url: z.string() })
const PlatformKey = z.object({ platform_key_id: z.string(), platform_public_key: z.string() })

/** Gives an institution merchant accounts at the simulators, so that its test keys can collect money. */
@Injectable()
export class SandboxAccountService {
  constructor(
    private readonly accounts: ChannelAccountService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Makes one, unless there is one: then it is only told where the simulators are by now. */
  async ensureWechatpay(institutionId: string, merchantName: string): Promise<void> {
    const known = await this.findAccount(institutionId)
    if (known) return this.follow(known)
    const merchant = newMerchant()
    const platformKey = await this.register({ ...merchant.public, merchant_name: merchantName })
    await this.accounts.create({
      institution_id: institutionId,
      livemode: false,
      channel: 'wechatpay',
      name: 'WeChat Pay sandbox',
      merchant_id: merchant.public.merchant_id,
      settings: {
        base_url: this.baseUrl,
        app_id: merchant.public.app_id,
        api_v3_key: merchant.public.api_v3_key,
        merchant_serial_no: merchant.public.merchant_serial_no,
        merchant_private_key: merchant.private_key,
        ...platformKey,
      },
    })
  }

  private get baseUrl(): string {
    return `${this.config.simulatorOrigin}/wechatpay`
  }

  private async findAccount(institutionId: string): Promise<ChannelAccount | null> {
    try {
      return await this.accounts.active(institutionId, false, 'wechatpay')
    } catch (error) {
      if (error instanceof ChannelError && error.code === 'channel_account_missing') return null
      throw error
    }
  }

  /** The platform may have been started with another SIMULATOR_PORT this time. */
  private async follow(account: ChannelAccount): Promise<void> {
    const settings = SimulatedSettings.parse(account.settings)
    if (settings.base_url === this.baseUrl || !settings.base_url.startsWith('http://localhost:')) {
      return
    }
    await this.accounts.changeSettings(account, { ...settings, base_url: this.baseUrl })
  }

  private async register(merchant: Record<string, string>): Promise<z.infer<typeof PlatformKey>> {
    const response = await fetch(`${this.config.simulatorOrigin}/_control/wechatpay/merchants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(merchant),
      signal: AbortSignal.timeout(REGISTER_TIMEOUT_MS),
    })
    const text = await response.text()
    assert(response.ok, `the simulator refused a new merchant: ${response.status} ${text}`)
    return PlatformKey.parse(JSON.parse(text))
  }
}

/** A merchant as WeChat Pay would hand it out: number, app id, certificate serial, keys. */
function newMerchant() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    public: {
      merchant_id: `16${randomBytes(4).readUInt32BE().toString().padStart(10, '0').slice(0, 8)}`,
      app_id: `wx${randomBytes(8).toString('hex')}`,
      api_v3_key: randomBytes(16).toString('hex'),
      merchant_serial_no: randomBytes(20).toString('hex').toUpperCase(),
      merchant_public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
  }
}
