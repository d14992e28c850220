import { afterEach, describe, expect, test } from '@jest/globals'
import { businessDate } from '../../../kernel/clock.js'
import type { StatementLine, StatementTotals } from '../channel.port.js'
import {
  eventually,
  FILE_OUTAGES,
  type GetHarness,
  OUTAGES,
  type PaidOrder,
  paidOrder,
  testIf,
} from './harness.conformance.js'
import type { Capabilities } from './provider.conformance.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const CHINA_OFFSET_MS = 8 * HOUR_MS
const UNKNOWN = { kind: 'unknown', reason: expect.stringMatching(/./) }

export function describeStatements(get: GetHarness, capabilities: Capabilities): void {
  const { statement_hour, statement_is_a_file } = capabilities
  const today = () => businessDate(get().now())
  const fetched = (day: string) => get().channel.fetchStatement(get().account, day)

  /** To this hour in China of the next day. */
  const advanceToNextDay = (hour: number) => {
    const localMs = get().now().getTime() + CHINA_OFFSET_MS
    get().advance(DAY_MS - (localMs % DAY_MS) + hour * HOUR_MS)
  }
  const read = async (day: string): Promise<Statement> => {
    const result = await fetched(day)
    if (result.kind !== 'ready') throw new Error(`the statement of ${day} is ${result.kind}`)
    const lines: StatementLine[] = []
    for await (const line of result.lines) lines.push(line)
    return { lines, totals: result.totals }
  }
  const refunded = async (order: PaidOrder, minor: bigint) => {
    const refund = get().refundOf(order, { amount: { minor, currency: 'CNY' } })
    await get().channel.refund(get().account, refund)
    await eventually(
      () => get().channel.queryRefund(get().account, refund),
      ({ kind }) => kind === 'succeeded',
    )
    return refund
  }
  /** A day of its own with two payments and a refund; by its end the statement of it is there. */
  const businessDay = async () => {
    advanceToNextDay(9)
    const day = today()
    const first = await paidOrder(get(), { amount: { minor: 30_001n, currency: 'CNY' } })
    const second = await paidOrder(get(), { amount: { minor: 99n, currency: 'CNY' } })
    const refund = await refunded(first, 10_000n)
    advanceToNextDay(statement_hour + 1)
    return { day, first, second, refund }
  }
  afterEach(() => get().clearFaults())

  describe('a statement', () => {
    test('says everything that happened on its day, and nothing else', async () => {
      const { day, first, second, refund } = await businessDay()
      const { lines } = await read(day)
      const { order_no, transaction_no } = first
      expect(lines).toHaveLength(3)
      expect(lines).toContainEqual(lineOf('payment', first))
      expect(lines).toContainEqual(lineOf('payment', second))
      expect(lines).toContainEqual({
        ...lineOf('refund', { order_no, transaction_no, amount: refund.amount }),
        refund_no: refund.refund_no,
        // Some providers number refunds of their own, some don't number them at all.
        transaction_no: expect.not.stringMatching(/^$/),
      })
    })

    test('adds up as its provider says, and dates every line on its day', async () => {
      const { day } = await businessDay()
      const { lines, totals } = await read(day)
      const dates = lines.map((line) =>
        'occurred_at' in line ? businessDate(line.occurred_at) : '',
      )
      expect(dates).toEqual(lines.map(() => day))
      expect(totals ?? totalsOf(lines)).toEqual(totalsOf(lines))
      expect(lines.map((line) => line.line_no)).toEqual(
        [...lines].map((line) => line.line_no).sort((a, b) => a - b),
      )
    })

    test('of a day without business is empty', async () => {
      advanceToNextDay(12)
      const day = today()
      get().advance(4 * DAY_MS)
      expect(await fetched(day)).toEqual({ kind: 'empty' })
    })

    test('is not there before its day is over and its hour has come', async () => {
      advanceToNextDay(9)
      const day = today()
      await paidOrder(get())
      expect((await fetched(day)).kind).toBe('not_ready')
      advanceToNextDay(0.5)
      expect((await fetched(day)).kind).toBe('not_ready')
      get().advance(statement_hour * HOUR_MS)
      expect((await fetched(day)).kind).toBe('ready')
    })

    test('may come late', async () => {
      const { day } = await businessDay()
      await get().fault('statement_late', null, 1)
      expect((await fetched(day)).kind).toBe('not_ready')
      expect((await fetched(day)).kind).toBe('ready')
    })

    test('read twice says the same', async () => {
      const { day } = await businessDay()
      expect(await read(day)).toEqual(await read(day))
    })
  })

  describe('a statement that does not fit the day', () => {
    test('is read as it is when a row is missing', async () => {
      const { day } = await businessDay()
      await get().fault('statement_short', null)
      expect((await read(day)).lines).toHaveLength(2)
    })

    test('is read as it is when it has a row too many', async () => {
      const { day, first, second, refund } = await businessDay()
      await get().fault('statement_long', null)
      const { lines } = await read(day)
      const known = [first.order_no, second.order_no, refund.order.order_no]
      const strange = lines.filter((line) => 'order_no' in line && !known.includes(line.order_no))
      expect(lines).toHaveLength(4)
      expect(strange).toHaveLength(1)
    })

    test('is read as it is when an amount is off by a fen', async () => {
      const { day } = await businessDay()
      const before = totalsOf((await read(day)).lines)
      await get().fault('statement_off_by_a_fen', null)
      const after = totalsOf((await read(day)).lines)
      const moved = (name: 'payment_amount' | 'refund_amount') => after[name] - before[name]
      const difference = moved('payment_amount') + moved('refund_amount')
      expect(difference * difference).toBe(1n)
    })
  })

  describe('a statement that cannot be believed', () => {
    test.each(OUTAGES)('behind the outage %s is unknown', async (outage) => {
      const { day } = await businessDay()
      const answer = await get().channel.fetchStatement(get().behind(outage), day)
      expect(answer).toEqual(UNKNOWN)
    })

    for (const outage of FILE_OUTAGES) {
      testIf(statement_is_a_file, `with the outage ${outage} is unknown`, async () => {
        const { day } = await businessDay()
        const answer = await get().channel.fetchStatement(get().behind(outage), day)
        expect(answer).toEqual(UNKNOWN)
      })
    }
  })
}

interface Statement {
  readonly lines: readonly StatementLine[]
  readonly totals: StatementTotals | null
}

function lineOf(
  kind: 'payment' | 'refund',
  { order_no, transaction_no, amount }: Pick<PaidOrder, 'order_no' | 'transaction_no' | 'amount'>,
) {
  return {
    ...{ kind, order_no, transaction_no, amount },
    line_no: expect.any(Number),
    fee: expect.any(BigInt),
    occurred_at: expect.any(Date),
  }
}

function totalsOf(lines: readonly StatementLine[]): StatementTotals {
  const sumOf = (kind: 'payment' | 'refund') => {
    const amounts = lines.flatMap((line) => (line.kind === kind ? [line.amount.minor] : []))
    return { count: amounts.length, amount: amounts.reduce((sum, minor) => sum + minor, 0n) }
  }
  const [payments, refunds] = [sumOf('payment'), sumOf('refund')]
  return {
    payment_count: payments.count,
    payment_amount: payments.amount,
    refund_count: refunds.count,
    refund_amount: refunds.amount,
  }
}
