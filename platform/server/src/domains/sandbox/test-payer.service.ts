import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { type Caller, idFor } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { wireAmount, wireMetadata } from '../../infra/http/wire.schema.js'
import { PayerService } from '../payers/payer.service.js'
import { SandboxPayerService } from './sandbox-payer.service.js'
import { TestPayerRepository } from './test-payer.repository.js'
import { type CreateTestPayer, TestPayer, type TestPayerList } from './test-payer.schema.js'
import {
  NUMBER_TYPE_OF,
  TEST_NAME_KEY,
  TEST_NUMBER_KEY,
  TEST_PAYERS,
  TEST_PIN,
  type TestPerson,
} from './test-payer.table.js'

const MADE_MAX = 50
/** Short enough to type on a phone, long enough that no two meet. */
const NUMBER_LENGTH = 12

/** People to pay with. They belong to the institution's sandbox, and so to all of its apps. */
@Injectable()
export class TestPayerService {
  constructor(
    private readonly payers: PayerService,
    private readonly people: SandboxPayerService,
    private readonly made: TestPayerRepository,
    @Inject(CONFIG) private readonly config: Pick<Config, 'payerIdp'>,
  ) {}

  /** The ones of the documentation, as far as this institution has them, then those that were made. */
  async list({ institution_id }: Caller): Promise<TestPayerList> {
    const data: TestPayer[] = []
    for (const person of TEST_PAYERS) {
      const tenant = { institution_id, livemode: false }
      const id = await this.payers.identify(tenant, person.number, [person.number_type])
      if (id) data.push(await this.show(institution_id, id, person))
    }
    for (const row of await this.made.listMade(institution_id, MADE_MAX)) {
      const { [TEST_NUMBER_KEY]: number, [TEST_NAME_KEY]: name } = wireMetadata(row.metadata)
      const { kind, number_type } = row
      data.push(await this.show(institution_id, row.id, { kind, number_type, number, name }))
    }
    return { object: 'list', data }
  }

  /** @throws PayerError, WalletError, PaymentError, CounterError, when somebody takes them for something else */
  async create(caller: Caller, body: CreateTestPayer): Promise<Reply<TestPayer>> {
    const number = `T${idFor(caller, 'payer').slice(-NUMBER_LENGTH)}`
    const number_type = NUMBER_TYPE_OF[body.kind]
    const person: TestPerson = {
      ...{ kind: body.kind, name: body.name, number_type, number },
      has_wallet: body.wallet_balance !== undefined,
    }
    const metadata = { [TEST_NUMBER_KEY]: number, [TEST_NAME_KEY]: body.name }
    const id = await this.people.endow(caller, person, {
      ...{ metadata, balance: body.wallet_balance ?? 0 },
      out_trade_no: `test-payer-${number}`,
    })
    return Reply.created(await this.show(caller.institution_id, id, person))
  }

  private async show(
    institution_id: string,
    id: string,
    person: {
      readonly [Name in 'kind' | 'number_type' | 'number' | 'name']: string | undefined
    },
  ): Promise<TestPayer> {
    const { kind, number_type, number, name } = person
    const wallet = await this.people.walletOf(institution_id, id)
    const isKnown = this.config.payerIdp.numberTypes.some((type) => type === number_type)
    return TestPayer.parse({
      ...{ id, object: 'test_payer', livemode: false, kind, number_type, number, name },
      campus_sign_in: this.config.payerIdp.isSimulated && isKnown ? { number } : null,
      wallet: wallet && {
        ...{ id: wallet.id, currency: wallet.currency, pin: TEST_PIN },
        balance: wireAmount(wallet.balance),
      },
    })
  }
}
