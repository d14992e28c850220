import { z } from 'zod'
import { Id, Timestamp, wireTime } from '../../infra/http/wire.schema.js'
import type { TestClockRow } from './test-clock.types.js'

const SECONDS_MAX = 366 * 24 * 3_600

export const CreateTestClock = z
  .strictObject({
    now: Timestamp.optional().describe(
      'What it shows first: not before the real time, its default.',
    ),
  })
  .meta({ id: 'CreateTestClock' })
export type CreateTestClock = z.infer<typeof CreateTestClock>

export const AdvanceTestClock = z
  .strictObject({
    to: Timestamp.optional().describe('Sets it to this moment.'),
    by: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .optional()
      .describe('Or sets it forward by so many seconds.'),
  })
  .refine(({ to, by }) => (to === undefined) !== (by === undefined), {
    ...{ path: ['to'], message: 'name one of to and by' },
  })
  .meta({ id: 'AdvanceTestClock' })
export type AdvanceTestClock = z.infer<typeof AdvanceTestClock>

export const TestClock = z
  .object({
    id: Id('clk'),
    object: z.literal('test_clock'),
    livemode: z.literal(false),
    now: Timestamp.describe('What it shows. It goes on by itself.'),
    status: z
      .enum(['ready', 'advancing'])
      .describe('advancing: something that became due is not done yet; ask again.'),
    created_at: Timestamp.describe('In real time, as updated_at.'),
    updated_at: Timestamp,
  })
  .meta({ id: 'TestClock' })
export type TestClock = z.infer<typeof TestClock>

/** An app has one at most, so there are no pages. */
export const TestClockList = z
  .object({ object: z.literal('list'), data: z.array(TestClock).max(1) })
  .meta({ id: 'TestClockList' })
export type TestClockList = z.infer<typeof TestClockList>

export const DeletedTestClock = z
  .object({ id: Id('clk'), object: z.literal('test_clock'), deleted: z.literal(true) })
  .meta({ id: 'DeletedTestClock' })
export type DeletedTestClock = z.infer<typeof DeletedTestClock>

export function toWireTestClock(row: TestClockRow, realNow: Date, isBusy: boolean): TestClock {
  return {
    id: row.id,
    object: 'test_clock',
    livemode: false,
    now: wireTime(new Date(realNow.getTime() + row.offset_ms)),
    status: isBusy ? 'advancing' : 'ready',
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
  }
}
