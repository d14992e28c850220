import { z } from 'zod'
import { Id, Timestamp, wireTime } from '../../infra/http/wire.schema.js'
import { RESET_KINDS, type ResetCounts, type ResetRow } from './sandbox-reset.types.js'

const Count = z.int().min(0)

export const ResetSandbox = z
  .strictObject({
    keep_webhook_endpoints: z
      .boolean()
      .default(false)
      .describe('Keep the webhook endpoints with their secrets; their deliveries go all the same.'),
  })
  .meta({ id: 'ResetSandbox' })
export type ResetSandbox = z.infer<typeof ResetSandbox>

export const SandboxReset = z
  .object({
    id: Id('rst'),
    object: z.literal('sandbox_reset'),
    livemode: z.literal(false),
    created_at: Timestamp,
    set_aside: z
      .object(Object.fromEntries(RESET_KINDS.map((kind) => [kind, Count])))
      .describe('How many of each kind are the app’s no more.'),
    test_clock_removed: z.boolean(),
  })
  .meta({ id: 'SandboxReset' })
export type SandboxReset = Omit<z.infer<typeof SandboxReset>, 'set_aside'> & {
  readonly set_aside: ResetCounts
}

export function toWireReset({ id, created_at, metadata }: ResetRow): SandboxReset {
  const { test_clock_removed, ...set_aside } = metadata
  return {
    ...{ id, object: 'sandbox_reset', livemode: false, created_at: wireTime(created_at) },
    ...{ set_aside, test_clock_removed },
  }
}
