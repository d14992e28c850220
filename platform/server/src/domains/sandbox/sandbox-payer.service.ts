import { Injectable } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { API_VERSION_LATEST } from '../../versions/versions.js'
import { CounterService } from '../counter/counter.service.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerService } from '../payers/payer.service.js'
import { TopUpService } from '../payments/wallet/top-up.service.js'
import { WalletService } from '../wallets/wallet.service.js'
import type { WalletRow } from '../wallets/wallet.types.js'
import { TEST_PAYERS, TEST_PIN, type TestPerson } from './test-payer.table.js'

const TOP_UP_AMOUNT = 500_000
const CURRENCY = 'CNY'

/**
 * Test payers of the demo institution, most with a wallet and money in it. The money is not invented: a
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
    for (const person of TEST_PAYERS) {
      const tenant = { institution_id: institutionId, livemode: false }
      const payer = await this.payers.identify(tenant, person.number, [person.number_type])
      if (payer && !person.has_wallet) continue
      const wallet = payer && (await this.wallets.ofPayer(tenant, payer, CURRENCY))
      if (wallet && (wallet.balance > 0n || wallet.status !== 'active')) continue
      caller ??= await this.newCardOffice(institutionId)
      const out_trade_no = `demo-${person.number}`
      await this.endow(caller, person, { balance: TOP_UP_AMOUNT, out_trade_no })
    }
  }

  /** Registers a person and, if they have a wallet, sees to it that there is money in it. Returns the payer's id. */
  async endow(
    caller: Caller,
    { has_wallet, ...person }: TestPerson,
    gift: {
      readonly balance: number
      readonly out_trade_no: string
      readonly metadata?: Record<string, string>
    },
  ): Promise<string> {
    const { balance, out_trade_no, metadata } = gift
    const named = { ...person, ...(metadata ? { metadata } : {}) }
    const { body: payer } = await this.payers.create(caller, named)
    if (!has_wallet) return payer.id
    const limits = { limit_per_payment: null, limit_per_day: null }
    const asked = { payer: payer.id, currency: CURRENCY, ...limits, metadata: {} }
    const { body: wallet } = await this.wallets.open(caller, asked)
    if (!wallet.has_pin) await this.wallets.setPin(caller, wallet.id, { pin: TEST_PIN })
    // Given by an earlier try of the same call.
    if (wallet.balance > 0) return payer.id
    const { body: payment } = await this.topUps.create(caller, wallet.id, {
      ...{ out_trade_no, amount: balance, channel: 'cash', metadata: {} },
    })
    const receipt = { tender: 'cash', received_amount: balance, cashier: 'demo' } as const
    await this.counter.receive(caller, payment.id, receipt)
    return payer.id
  }

  /** The one that is not closed. */
  walletOf(institution_id: string, payerId: string): Promise<WalletRow | null> {
    return this.wallets.ofPayer({ institution_id, livemode: false }, payerId, CURRENCY)
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
      actor_id: app_id,
      key_id: null,
      operator: null,
      payer_id: null,
      scopes: new Set(),
      api_version: API_VERSION_LATEST,
      request_id: newId('req'),
      idempotency: null,
    }
  }
}
