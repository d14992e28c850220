import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { AppRef } from '../../infra/clock/app-clocks.js'
import type { ChannelAccount, ChannelCode } from '../channels/channel.port.js'
import { ChannelAccountService } from '../channels/channel-account.service.js'
import { SandboxAccountService } from './sandbox-account.service.js'
import { SimulatorClient } from './simulator.client.js'

/** Those with a company on the other side; the channels of the house have no time of their own. */
const CLOCKED_CHANNELS = [
  'wechatpay',
  'alipay',
  'unionpay',
  'abc',
] as const satisfies readonly ChannelCode[]

const Due = z.object({ due: z.int() })

/**
 * An app with a clock has merchant accounts of its own at the simulated companies, which deal with them in the
 * app's time. So nobody else's orders are moved in time.
 */
@Injectable()
export class ClockedMerchants {
  constructor(
    private readonly accounts: ChannelAccountService,
    private readonly sandbox: SandboxAccountService,
    private readonly simulators: SimulatorClient,
  ) {}

  /** Opens them, or opens them again. @throws SimulationError simulator_unavailable */
  async open(app: AppRef, offsetMs: number): Promise<void> {
    const known = await this.accounts.ofApp(app, app.app_id)
    for (const channel of CLOCKED_CHANNELS) {
      if (known.some((account) => account.channel === channel)) continue
      await this.sandbox.openForApp(app, channel)
    }
    await this.setClock(app, offsetMs)
    await this.accounts.setStatusOfApp(app, app.app_id, 'active')
  }

  /** @throws SimulationError simulator_unavailable */
  async setClock(app: AppRef, offset_ms: number): Promise<void> {
    for (const account of await this.accounts.ofApp(app, app.app_id)) {
      const path = clockPath(account)
      await this.simulators.call(account, { method: 'POST', path, json: { offset_ms } })
    }
  }

  /** Back to the real time; they take no new orders. */
  async retire(app: AppRef): Promise<void> {
    await this.accounts.setStatusOfApp(app, app.app_id, 'disabled')
    await this.setClock(app, 0)
  }

  /** How much the companies have not done yet that they should have by now. */
  async dueCount(app: AppRef): Promise<number> {
    const accounts = await this.accounts.ofApp(app, app.app_id)
    const counts = await Promise.all(
      accounts.map(async (account) => {
        const call = { method: 'GET', path: clockPath(account) } as const
        return Due.parse(await this.simulators.call(account, call)).due
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
}

function clockPath({ merchant_id }: ChannelAccount): string {
  return `/merchants/${merchant_id}/clock`
}
