import { z } from 'zod'
import { Amount, AmountOrZero, Currency, Id, Text } from '../../infra/http/wire.schema.js'
import { NUMBER_TYPES, PAYER_KINDS } from '../payers/payer.types.js'

const LISTED_MAX = 100
const BALANCE_MAX = 10_000_00

export const TestPayer = z
  .object({
    id: Id('payer'),
    object: z.literal('test_payer'),
    livemode: z.literal(false),
    kind: z.enum(PAYER_KINDS),
    number_type: z.enum(NUMBER_TYPES),
    number: z.string().max(64).describe('In the clear: this person does not exist.'),
    name: z.string().max(100),
    campus_sign_in: z
      .object({ number: z.string().max(64) })
      .nullable()
      .describe(
        'What to type at the simulated campus identity provider, which asks for no password. Null: it does not know this person.',
      ),
    wallet: z
      .object({ id: Id('wal'), currency: Currency, balance: AmountOrZero, pin: z.string().max(6) })
      .nullable(),
  })
  .meta({ id: 'TestPayer', description: 'A person of the sandbox, with all that is known.' })
export type TestPayer = z.infer<typeof TestPayer>

export const TestPayerList = z
  .object({ object: z.literal('list'), data: z.array(TestPayer).max(LISTED_MAX) })
  .meta({ id: 'TestPayerList' })
export type TestPayerList = z.infer<typeof TestPayerList>

export const CreateTestPayer = z
  .strictObject({
    kind: z.enum(PAYER_KINDS).default('student'),
    name: Text(100).default('测试同学'),
    wallet_balance: Amount.max(BALANCE_MAX)
      .optional()
      .describe('Gives the person a wallet with so much in it: a counter payment of your app.'),
  })
  .meta({ id: 'CreateTestPayer' })
export type CreateTestPayer = z.infer<typeof CreateTestPayer>
