import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PoolClient } from 'pg'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import type { Transaction } from '../../infra/database/database.js'
import type { Tenant } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { channelClearing, departmentPayable } from './ledger.accounts.js'
import { LedgerFixture, paymentPosting } from './ledger.fixture.js'

describe('sealing the ledger', () => {
  let testDatabase: TestDatabase
  let fixture: LedgerFixture
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    fixture = new LedgerFixture(testDatabase)
  })
  afterAll(() => testDatabase.drop())

  const query = <Row extends object>(text: string, tenant: Tenant) =>
    testDatabase.database.query<Row>(text, [tenant.institution_id, tenant.livemode])
  const chainOf = (tenant: Tenant) =>
    query<{ position: bigint; transaction_id: string; sealed_on: string }>(
      `select position, transaction_id, sealed_on::text from ledger_chain
        where institution_id = $1 and livemode = $2 order by position`,
      tenant,
    )
  const rootsOf = (tenant: Tenant) =>
    query<{ business_date: string; position: bigint; hash: Buffer }>(
      `select business_date::text, position, hash from ledger_roots
        where institution_id = $1 and livemode = $2 order by business_date`,
      tenant,
    )
  const expectBalancesOfAll = async (tenant: Tenant) =>
    expect(await fixture.ledger.balances(tenant)).toEqual(await fixture.sums(tenant))

  test('links every transaction once, without gaps, and keeps balances as they are', async () => {
    const tenant = await fixture.tenant()
    for (let count = 0; count < 7; count++) await fixture.post(paymentPosting(tenant, 100n))
    const before = await fixture.ledger.balances(tenant)
    expect(await fixture.seals.sealAll()).toBe(7)
    const chain = await chainOf(tenant)
    expect(chain.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n])
    expect(new Set(chain.map(({ transaction_id }) => transaction_id)).size).toBe(7)
    expect(await fixture.ledger.balances(tenant)).toEqual(before)
    await expectBalancesOfAll(tenant)
    expect(await fixture.seals.sealAll()).toBe(0)
  })

  test('misses no transaction that began first and commits last', async () => {
    const tenant = await fixture.tenant()
    // Whoever books on an account that was never booked on waits for whoever is just making it.
    await fixture.post(paymentPosting(tenant, 400_000n))
    await fixture.seals.sealAll()
    const late = paymentPosting(tenant, 1_000n)
    const client = await beginPosting(late)
    await fixture.post(paymentPosting(tenant, 20n))
    expect(await fixture.seals.sealAll()).toBe(1)
    await expectBalancesOfAll(tenant)
    await client.query('commit')
    client.release()
    await expectBalancesOfAll(tenant)
    await fixture.post(paymentPosting(tenant, 3n))
    expect(await fixture.seals.sealAll()).toBe(2)
    await expectBalancesOfAll(tenant)
    const [clearing] = await fixture.ledger.balances(tenant)
    expect(clearing?.debits).toBe(401_023n)
    // Its id is older than that of what was sealed before it: the chain's order is its own.
    const ids = (await chainOf(tenant)).map(({ transaction_id }) => transaction_id)
    expect(ids).toHaveLength(4)
    expect(ids[1] && ids[2] && ids[2] < ids[1]).toBe(true)
  })

  test('forgets what was rolled back', async () => {
    const tenant = await fixture.tenant()
    await fixture.post(paymentPosting(tenant, 4n))
    const client = await beginPosting(paymentPosting(tenant, 5n))
    expect(await fixture.seals.sealAll()).toBe(1)
    await client.query('rollback')
    client.release()
    await fixture.post(paymentPosting(tenant, 6n))
    expect(await fixture.seals.sealAll()).toBe(1)
    await expectBalancesOfAll(tenant)
  })

  test('postings neither wait for a sealer nor for each other on one account', async () => {
    const tenant = await fixture.tenant()
    await fixture.post(paymentPosting(tenant, 1n))
    await fixture.seals.sealAll()
    const open = await Promise.all([1n, 2n, 3n].map((n) => beginPosting(paymentPosting(tenant, n))))
    // With three transactions open on the same two accounts, a fourth commits and is sealed.
    await fixture.post(paymentPosting(tenant, 4n))
    expect(await fixture.seals.sealAll()).toBe(1)
    for (const client of open) {
      await client.query('commit')
      client.release()
    }
    expect(await fixture.seals.sealAll()).toBe(3)
    await expectBalancesOfAll(tenant)
  })

  test('balances are the full sums, whatever posts, seals, commits late or is undone meanwhile', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constantFrom('post', 'open'),
        amount: fc.bigInt(1n, 10n ** 12n),
        account: fc.nat(3),
        department: fc.nat(3),
      }),
      fc.record({ kind: fc.constantFrom('commit', 'rollback'), which: fc.nat(5) }),
      fc.constant({ kind: 'seal' as const }),
    )
    const accounts = [0, 1, 2, 3].map(() => channelClearing(newId('cha')))
    const departments = [0, 1, 2, 3].map(() => departmentPayable(newId('dept')))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const tenant = await fixture.tenant()
        const open: PoolClient[] = []
        const running: Promise<unknown>[] = []
        for (const one of steps) {
          if ('amount' in one) {
            const { amount } = one
            const [debit, credit] = [accounts[one.account], departments[one.department]]
            if (!debit || !credit) throw new Error('there are four of each')
            const posting = paymentPosting(tenant, amount, {
              entries: [
                { account: debit, direction: 'debit', amount },
                { account: credit, direction: 'credit', amount },
              ],
            })
            if (one.kind === 'post') running.push(fixture.post(posting))
            // The first posting on an account makes the account, which a second one must wait to see.
            else if (open.length < 3) {
              await Promise.all(running)
              await fixture.post({ ...posting, source_id: newId('pay') })
              open.push(await beginPosting(posting))
            }
          } else if ('which' in one) {
            const [client] = open.splice(one.which % Math.max(1, open.length), 1)
            await client?.query(one.kind)
            client?.release()
          } else running.push(fixture.seals.sealAll())
        }
        await Promise.all(running)
        await expectBalancesOfAll(tenant)
        for (const client of open) {
          await client.query('commit')
          client.release()
        }
        await expectBalancesOfAll(tenant)
        await fixture.seals.sealAll()
        await expectBalancesOfAll(tenant)
        const positions = (await chainOf(tenant)).map(({ position }) => Number(position))
        expect(positions).toEqual(positions.map((_, index) => index + 1))
        const [waiting] = await query<{ count: bigint }>(
          'select count(*) as count from ledger_unsealed where institution_id = $1 and livemode = $2',
          tenant,
        )
        expect(waiting?.count).toBe(0n)
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  test('twenty sealers at once make one chain', async () => {
    const tenant = await fixture.tenant()
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => fixture.post(paymentPosting(tenant, BigInt(n + 1)))),
    )
    const sealers = Array.from({ length: 20 }, () => fixture.seals.sealAll())
    const sealed = (await Promise.all(sealers)).reduce((sum, count) => sum + count, 0)
    expect(sealed + (await fixture.seals.sealAll())).toBe(60)
    expect(await chainOf(tenant)).toHaveLength(60)
    await expectBalancesOfAll(tenant)
  })

  test('seals the others when one institution is in trouble, and says so', async () => {
    const tenant = await fixture.tenant()
    await fixture.post(paymentPosting({ institution_id: 'inst_0', livemode: true }, 1n))
    await fixture.post(paymentPosting(tenant, 2n))
    await expect(fixture.seals.sealAll()).rejects.toThrow('inst_0')
    expect(await chainOf(tenant)).toHaveLength(1)
    await testDatabase.database.query(`delete from ledger_unsealed where institution_id = 'inst_0'`)
  })

  test('institutions and modes have chains of their own', async () => {
    const live = await fixture.tenant()
    const tested = { ...live, livemode: false }
    await fixture.post(paymentPosting(live, 1n))
    await fixture.post(paymentPosting(tested, 2n))
    await fixture.seals.sealAll()
    expect((await chainOf(live)).map(({ position }) => position)).toEqual([1n])
    expect((await chainOf(tested)).map(({ position }) => position)).toEqual([1n])
  })

  describe('roots', () => {
    test('close each business day of the institution, also quiet ones', async () => {
      const tenant = await fixture.tenant()
      await fixture.post(paymentPosting(tenant, 1n))
      await fixture.seals.sealAll()
      expect(await rootsOf(tenant)).toEqual([])
      fixture.clock.advance(3 * 86_400_000)
      await fixture.post(paymentPosting(tenant, 2n))
      await fixture.seals.sealAll()
      const roots = await rootsOf(tenant)
      expect(roots.map(({ business_date, position }) => [business_date, position])).toEqual([
        ['2026-11-22', 1n],
        ['2026-11-23', 1n],
        ['2026-11-24', 1n],
      ])
      expect(new Set(roots.map(({ hash }) => hash.toString('hex'))).size).toBe(1)
      fixture.clock.advance(86_400_000)
      await fixture.seals.publishRoots()
      await fixture.seals.publishRoots()
      expect((await rootsOf(tenant)).at(-1)).toMatchObject({
        business_date: '2026-11-25',
        position: 2n,
      })
    })

    test('nothing is sealed on a day that was closed, by whichever clock', async () => {
      const tenant = await fixture.tenant()
      await fixture.post(paymentPosting(tenant, 1n))
      await fixture.seals.sealAll()
      fixture.clock.advance(86_400_000)
      await fixture.seals.publishRoots()
      fixture.clock.advance(-86_400_000)
      await fixture.post(paymentPosting(tenant, 2n))
      await fixture.seals.sealAll()
      const [first, second] = await chainOf(tenant)
      expect(first && second && first.sealed_on < second.sealed_on).toBe(true)
      expect(await rootsOf(tenant)).toHaveLength(1)
    })

    test.each(['ledger_chain', 'ledger_roots'])(
      'nobody changes or deletes rows of %s',
      async (table) => {
        await expect(
          testDatabase.database.query(`update ${table} set position = 1`),
        ).rejects.toThrow('append-only')
        await expect(testDatabase.database.query(`delete from ${table}`)).rejects.toThrow(
          'append-only',
        )
      },
    )
  })

  /** Posts in a transaction that stays open until the test ends it. */
  async function beginPosting(posting: ReturnType<typeof paymentPosting>): Promise<PoolClient> {
    const client = await testDatabase.pool.connect()
    const tx: Transaction = {
      query: async (text, values = []) => (await client.query({ text, values: [...values] })).rows,
    }
    await client.query('begin')
    await fixture.ledger.post(tx, posting)
    return client
  }
})
