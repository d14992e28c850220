import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type TestTenant, withNewKey } from '../../../test/support/callers.js'
import type { Caller } from '../../infra/http/caller.js'
import { newId } from '../../kernel/id.js'
import { checkBooks } from '../../processes/books/books-check.js'
import {
  keyed,
  makePaymentFixture,
  type PaymentFixture,
  paid,
} from '../payments/payment.fixture.js'
import { SandboxResetRepository } from './sandbox-reset.repository.js'
import { ResetSandbox } from './sandbox-reset.schema.js'
import { SandboxResetService } from './sandbox-reset.service.js'
import { KEPT_AT_RESET, RESET_KINDS } from './sandbox-reset.types.js'
import type { TestClockService } from './test-clock.service.js'

describe('sandbox reset', () => {
  let fixture: PaymentFixture
  let tenant: TestTenant
  let removed: string[]
  let service: SandboxResetService
  beforeAll(async () => {
    fixture = await makePaymentFixture()
  })
  afterAll(async () => {
    const { invariants } = await checkBooks(fixture.database)
    await fixture.db.drop()
    expect(invariants.flatMap(({ problems }) => problems)).toEqual([])
  })
  beforeEach(async () => {
    tenant = await fixture.tenant()
    removed = []
    const noClock: Pick<TestClockService, 'list' | 'remove'> = {
      list: () => Promise.resolve({ object: 'list', data: [] }),
      remove: (_caller, id) => {
        removed.push(id)
        return Promise.resolve({ id, object: 'test_clock', deleted: true })
      },
    }
    service = new SandboxResetService(
      new SandboxResetRepository(fixture.database),
      noClock as TestClockService,
    )
  })

  const reset = async (caller: Caller, body: object = {}) =>
    (await service.reset(withNewKey(caller), ResetSandbox.parse(body))).body
  const pay = async (paymentId: string) => {
    const attempt = await fixture.attemptOf(paymentId)
    const account = await fixture.accounts.get('', false, attempt.channel_account_id)
    await fixture.record.paid(attempt, account, paid(attempt))
  }
  const rowsOf = async (caller: Caller) => {
    const counts: Record<string, number> = {}
    for (const table of RESET_KINDS) {
      const [row] = await fixture.database.query<{ count: number }>(
        `select count(*)::int as count from ${table} where institution_id = $1 and livemode = $2 and app_id = $3`,
        [caller.institution_id, caller.livemode, caller.app_id],
      )
      counts[table] = row?.count ?? 0
    }
    return counts
  }

  test('every table that names an app and a mode is taken away or kept for a reason', async () => {
    const rows = await fixture.database.query<{ table_name: string }>(
      `select distinct app.table_name from information_schema.columns app
         join information_schema.columns mode using (table_schema, table_name)
         join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE'
          and app.column_name = 'app_id' and mode.column_name = 'livemode'
          and table_name !~ '^request_logs_'`,
    )
    const known = [...RESET_KINDS, ...Object.keys(KEPT_AT_RESET)]
    expect(rows.map(({ table_name }) => table_name).sort()).toEqual(known.sort())
  })

  test('leaves nothing to the app, and everything to its neighbours', async () => {
    const { caller, otherAppCaller } = tenant
    await fixture.bill(caller)
    await fixture.bill(otherAppCaller)
    await fixture.create(caller)
    const before = await rowsOf(otherAppCaller)
    const done = await reset(caller)
    expect(done).toMatchObject({
      ...{ id: expect.stringMatching(/^rst_/), object: 'sandbox_reset', livemode: false },
      set_aside: { payments: 1, bills: 1, fee_items: 1, refunds: 0, checkouts: 0 },
      test_clock_removed: false,
    })
    expect(Object.values(await rowsOf(caller)).every((count) => count === 0)).toBe(true)
    expect(await rowsOf(otherAppCaller)).toEqual(before)
  })

  test('makes every number free again, also that of a payment that succeeded', async () => {
    const { caller } = tenant
    const out_trade_no = newId('req')
    const first = await fixture.pending(caller, { out_trade_no })
    await pay(first.id)
    await reset(caller)
    const again = await fixture.pending(caller, { out_trade_no })
    expect(again.id).not.toBe(first.id)
    expect(again.status).toBe('pending')
    await expect(fixture.payments.get(caller, first.id)).rejects.toMatchObject({
      code: 'payment_not_found',
    })
  })

  test('books money that comes for an order that was set aside, and tells nobody', async () => {
    const { caller } = tenant
    const { id } = await fixture.pending(caller)
    const { id: resetId } = await reset(caller)
    await pay(id)
    expect(await fixture.paymentRow(id)).toMatchObject({ status: 'succeeded', app_id: resetId })
    expect(await fixture.entriesOf(id)).toHaveLength(2)
    expect((await rowsOf(caller)).events).toBe(0)
  })

  test('forgets what was answered under an idempotency key, but for its own', async () => {
    const { caller } = tenant
    const body = { out_trade_no: newId('req'), amount: 100, subject: '学费' }
    const call = keyed(caller, body)
    await fixture.create(call)
    const own = withNewKey(caller)
    await fixture.database.query(
      `insert into idempotency_keys (institution_id, livemode, app_id, route, key, request_hash,
         allotted_id, locked_until, expires_at)
       values ($1, false, $2, $3, $4, '', $5, now(), now() + interval '1 day')`,
      [
        ...[caller.institution_id, caller.app_id, own.idempotency?.route, own.idempotency?.key],
        own.idempotency?.allotted_id,
      ],
    )
    await service.reset(own, ResetSandbox.parse({}))
    const keys = await fixture.database.query<{ key: string }>(
      'select key from idempotency_keys where institution_id = $1',
      [caller.institution_id],
    )
    expect(keys.map(({ key }) => key)).toEqual([own.idempotency?.key])
  })

  test('answers a repeated call with the reset that was done', async () => {
    const call = withNewKey(tenant.caller)
    await fixture.create(tenant.caller)
    const first = await service.reset(call, ResetSandbox.parse({}))
    await fixture.create(tenant.caller)
    expect(await service.reset(call, ResetSandbox.parse({}))).toEqual(first)
    expect((await rowsOf(tenant.caller)).payments).toBe(1)
  })

  test('two at once do not meet, and one of them finds everything', async () => {
    await fixture.create(tenant.caller)
    const both = await Promise.all([reset(tenant.caller), reset(tenant.caller)])
    expect(both.map(({ set_aside }) => set_aside.payments).sort()).toEqual([0, 1])
  })

  test('keeps the endpoints if asked to, without what was sent to them', async () => {
    const { caller } = tenant
    const endpoint = newId('whk')
    const { institution_id, app_id } = caller
    await fixture.database.query(
      `insert into webhook_endpoints (institution_id, livemode, id, app_id, url, event_types, secret,
         status, metadata, created_at, updated_at)
       values ($1, false, $2, $3, 'http://localhost:1/', '{}', 'sealed', 'enabled', '{}', now(), now())`,
      [institution_id, endpoint, app_id],
    )
    await fixture.database.query(
      `insert into webhook_deliveries (institution_id, livemode, id, endpoint_id, event_id, status,
         next_attempt_at, created_at, updated_at, app_id, event_type)
       values ($1, false, $2, $3, $4, 'pending', now(), now(), now(), $5, 'payment.created')`,
      [institution_id, newId('dlv'), endpoint, newId('evt'), app_id],
    )
    const kept = await reset(caller, { keep_webhook_endpoints: true })
    expect(kept.set_aside.webhook_endpoints).toBe(0)
    const deliveries = (of: string) =>
      fixture.database.query('select status from webhook_deliveries where endpoint_id = $1', [of])
    expect(await deliveries(endpoint)).toEqual([])
    const [copy] = await fixture.database.query<{ id: string; status: string }>(
      'select id, status from webhook_endpoints where app_id = $1',
      [kept.id],
    )
    expect(copy?.status).toBe('deleted')
    expect(await deliveries(copy?.id ?? '')).toEqual([{ status: 'cancelled' }])
    expect((await reset(caller)).set_aside.webhook_endpoints).toBe(1)
    expect((await rowsOf(caller)).webhook_endpoints).toBe(0)
  })

  test('a payer does not see what was set aside', async () => {
    const { caller } = tenant
    const bill = await fixture.bill(caller)
    const { payer_id } = await fixture.row(bill.id)
    const payer = { ...caller, payer_id, app_id: newId('app') }
    expect(await fixture.bills.get(payer, bill.id)).toMatchObject({ id: bill.id })
    await reset(caller)
    await expect(fixture.bills.get(payer, bill.id)).rejects.toMatchObject({
      code: 'bill_not_found',
    })
  })

  describe('in live mode', () => {
    test('nothing can be set aside: no code can write it', async () => {
      const { liveCaller } = tenant
      const { id } = await fixture.create(liveCaller)
      const taken = (changes: string) =>
        fixture.database.query(`update payments set ${changes} where id = $1`, [id])
      await expect(taken(`app_id = 'rst_01jd0000000000000000000000'`)).rejects.toThrow(
        'only a reset in test mode takes it away',
      )
      await expect(taken(`app_id = '${newId('app')}'`)).rejects.toThrow('only a reset')
      await reset(tenant.caller)
      expect((await rowsOf(liveCaller)).payments).toBe(1)
    })

    test('the service refuses before it looks', async () => {
      await expect(reset(tenant.liveCaller)).rejects.toThrow('test mode only')
    })
  })

  test('what was set aside can have no key, no scope, and does not come back', async () => {
    const { caller } = tenant
    await fixture.create(caller)
    const { id } = await reset(caller)
    const { database } = fixture
    await expect(
      database.query('update apps set scopes = $2 where id = $1', [id, ['payments:read']]),
    ).rejects.toThrow('apps_set_aside')
    await expect(
      database.query('update payments set app_id = $2 where app_id = $1', [id, caller.app_id]),
    ).rejects.toThrow('only a reset')
    await expect(
      database.query(
        `insert into api_keys (institution_id, id, app_id, livemode, algorithm, public_key, scopes)
         values ($1, $2, $3, false, 'ed25519', '', '{}')`,
        [caller.institution_id, newId('key'), id],
      ),
    ).rejects.toThrow('api_keys_of_apps')
  })
})
