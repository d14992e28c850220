import { Injectable } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { API_VERSION_LATEST } from '../../versions/versions.js'
import { CounterService } from '../counter/counter.service.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerService } from '../payers/payer.service.js'
import { TopUpService } from '../payments/wallet/top-up.service.js'
import { WalletService } from '../wallets/wallet.service.js'

/** Documented in docs/guides (wallets.md): nothing about these people is secret. */
export const TEST_PIN = '246810'
const TOP_UP_AMOUNT = 500_000
const TEST_PAYERS = [
  { number: 'S20260001', name: '王小明' },
  { number: 'S20260002', name: '李小红' },
  { number: 'S20260003', name: '赵小刚' },
] as const

/**
 * Test payers of the demo institution, each with a wallet and money in it. The money is not invented: a
 * cashier takes it at the counter, as an app would have it done. It may be cut anywhere and is completed
 * by the next start.
 */
@Injectable()
export class SandboxPayerService {
  constructor(
    private readonly identity: IdentityService,
    private readonly payers: PayerService,
    private readonly wallets: WalletService,
    private readonly topUps: TopUpService,
    private readonly counter: CounterService,
  ) {}

  async ensure(institutionId: string): Promise<void> {
    let caller: Caller | null = null
    for (const { number, name } of TEST_PAYERS) {
      const tenant = { institution_id: institutionId, livemode: false }
      const payer = await this.payers.identify(tenant, number, ['student_no'])
      const wallet = payer && (await this.wallets.ofPayer(tenant, payer, 'CNY'))
      if (wallet && (wallet.balance > 0n || wallet.status !== 'active')) continue
      caller ??= await this.newCardOffice(institutionId)
      await this.endow(caller, number, name)
    }
  }

  private async endow(caller: Caller, number: string, name: string): Promise<void> {
    const person = { kind: 'student', number_type: 'student_no', number, name } as const
    const { body: payer } = await this.payers.create(caller, person)
    const limits = { limit_per_payment: null, limit_per_day: null }
    const asked = { payer: payer.id, currency: 'CNY', ...limits, metadata: {} }
    const { body: wallet } = await this.wallets.open(caller, asked)
    if (!wallet.has_pin) await this.wallets.setPin(caller, wallet.id, { pin: TEST_PIN })
    const { body: payment } = await this.topUps.create(caller, wallet.id, {
      out_trade_no: `demo-${number}`,
      amount: TOP_UP_AMOUNT,
      channel: 'cash',
      metadata: {},
    })
    await this.counter.receive(caller, payment.id, {
      tender: 'cash',
      received_amount: TOP_UP_AMOUNT,
      cashier: 'demo',
    })
  }

  /** The app that issues the campus cards. It has no key: nobody calls as it. */
  private async newCardOffice(institutionId: string): Promise<Caller> {
    const department_id = await this.identity.createDepartment(
      institutionId,
      '校园卡中心 Card office',
    )
    const app = { institution_id: institutionId, department_id, name: '校园卡系统', scopes: [] }
    const app_id = await this.identity.createApp({ ...app, api_version: API_VERSION_LATEST })
    return {
      institution_id: institutionId,
      ...{ app_id, department_id, livemode: false },
      credential: 'signature',
      key_id: newId('key'),
      payer_id: null,
      scopes: new Set(),
      api_version: API_VERSION_LATEST,
      request_id: newId('req'),
      idempotency: null,
    }
  }
}
