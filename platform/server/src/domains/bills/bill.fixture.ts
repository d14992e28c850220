import { createTenant, createTestVault, type TestTenant } from '../../../test/support/callers.js'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { ManualClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { IdentityRepository } from '../identity/identity.repository.js'
import { IdentityService } from '../identity/identity.service.js'
import { PayerRepository } from '../payers/payer.repository.js'
import { PayerService } from '../payers/payer.service.js'
import { BillRepository } from './bill.repository.js'
import { type Bill, CreateBill } from './bill.schema.js'
import { BillService } from './bill.service.js'
import type { BillRow } from './bill.types.js'
import { BillCollectionRepository } from './bill-collection.repository.js'
import { FeeItemRepository } from './fee-item.repository.js'
import { CreateFeeItem, type FeeItem } from './fee-item.schema.js'
import { FeeItemService } from './fee-item.service.js'

export const NOW = new Date('2026-12-01T00:00:00.000Z')
export const LATER = '2026-12-31T00:00:00.000Z'

/** The module's services on a database of their own, for integration tests. */
export interface BillFixture {
  readonly db: TestDatabase
  readonly clock: ManualClock
  readonly payers: PayerService
  readonly feeItems: FeeItemService
  readonly bills: BillService
  tenant(): Promise<TestTenant>
  payer(caller: Caller): Promise<string>
  feeItem(caller: Caller, changes?: object): Promise<FeeItem>
  /** A bill of 10000 for a new payer and, unless said, a new fee item. */
  bill(caller: Caller, changes?: object): Promise<Bill>
  row(id: string): Promise<BillRow>
  eventsOf(id: string): Promise<{ type: string; object: unknown; api_version: string }[]>
}

export async function makeBillFixture(): Promise<BillFixture> {
  const db = await createTestDatabase()
  const { database } = db
  const vault = createTestVault(database)
  const clock = new ManualClock(NOW)
  const payers = new PayerService(new PayerRepository(database), vault, clock)
  const feeItems = new FeeItemService(
    database,
    new FeeItemRepository(database),
    new IdentityService(new IdentityRepository(database), vault),
    clock,
  )
  const bills = new BillService(
    database,
    new BillRepository(database),
    new BillCollectionRepository(),
    feeItems,
    payers,
    clock,
  )
  const fixture: BillFixture = {
    db,
    clock,
    payers,
    feeItems,
    bills,
    tenant: () => createTenant(database, vault),
    async payer(caller) {
      const number = newId('req')
      const person = { kind: 'student', number_type: 'student_no', number, name: '张三' } as const
      return (await payers.create(caller, person)).body.id
    },
    async feeItem(caller, changes = {}) {
      const base = { code: newId('req'), name: '学费', kind: 'tuition', ...changes }
      return (await feeItems.create(caller, CreateFeeItem.parse(base))).body
    },
    async bill(caller, changes = {}) {
      const given = { out_bill_no: newId('req'), amount: 10000, ...changes }
      const payer = await fixture.payer(caller)
      const fee_item = 'fee_item' in given ? given.fee_item : (await fixture.feeItem(caller)).id
      const body = CreateBill.parse({ payer, fee_item, ...given })
      return (await bills.create(caller, body)).body
    },
    async row(id) {
      const [row] = await database.query<BillRow>('select * from bills where id = $1', [id])
      if (!row) throw new Error(`no bill ${id}`)
      return row
    },
    eventsOf: (id) =>
      database.query(
        `select type, object, api_version from events where object->>'id' = $1 order by id`,
        [id],
      ),
  }
  return fixture
}
