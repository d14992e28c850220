import { z } from 'zod'
import { listOf, listQuery, objectFields, Timestamp } from '../../../infra/http/wire.schema.js'

/** One-time and recovery codes, spaces and dashes included. */
const Code = z.string().min(6).max(40)
const Password = z.string().min(1).max(500)

export const StepUpSession = z
  .strictObject({
    otp: Code.optional().describe('A one-time code of the authenticator, or a recovery code.'),
    password: Password.optional().describe('For those who have no second factor.'),
  })
  .meta({ id: 'StepUpSession' })
export type StepUpSession = z.infer<typeof StepUpSession>

export const ChangePassword = z
  .strictObject({ password: Password, new_password: Password })
  .meta({ id: 'ChangePassword' })
export type ChangePassword = z.infer<typeof ChangePassword>

export const OwnSession = z
  .object({
    ...objectFields('ses', 'session_entry'),
    is_current: z.boolean(),
    method: z.enum(['local', 'campus']).describe('Where you proved who you are.'),
    has_second_factor: z.boolean(),
    last_used_at: Timestamp,
    expires_at: Timestamp,
    caller_address: z.string().max(100).nullable(),
    user_agent: z.string().max(500).nullable(),
  })
  .meta({ id: 'SessionEntry', description: 'A place where you are signed in.' })
export type OwnSession = z.infer<typeof OwnSession>

export const OwnSessionList = listOf(OwnSession).meta({ id: 'SessionEntryList' })
export const OwnSessionListQuery = listQuery('ses', {})
export type OwnSessionListQuery = z.infer<typeof OwnSessionListQuery>
