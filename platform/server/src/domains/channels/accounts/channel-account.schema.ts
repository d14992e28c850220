import { z } from 'zod'
import {
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../../infra/http/wire.schema.js'
import { CHANNEL_CODES } from '../channel.port.js'
import { BREAKER_STATES } from '../health/channel-breaker.state.js'
import type { ChannelHealthRow } from '../health/channel-health.types.js'
import type { ChannelAccountRow } from './channel-account.types.js'
import { CHANNEL_ACCOUNT_STATUSES, CHECK_RESULTS } from './channel-account.types.js'

const SETTINGS_MAX = 50
const SETTING_TEXT_MAX = 20_000

const Setting = z.union([
  z.string().max(SETTING_TEXT_MAX),
  z.number(),
  z.boolean(),
  z.array(z.string().max(SETTING_TEXT_MAX)).max(10),
])

const settingsOf = (setting: z.ZodType) =>
  z
    .record(z.string().min(1).max(64), setting)
    .refine((fields) => Object.keys(fields).length <= SETTINGS_MAX, `at most ${SETTINGS_MAX}`)

const Name = Text(100).describe('For people.')
const Check = z
  .boolean()
  .describe('Try the account at the provider before it is saved; true unless said.')

export const CreateChannelAccount = z
  .strictObject({
    channel: z.enum(CHANNEL_CODES),
    name: Name,
    merchant_id: z
      .string()
      .min(1)
      .max(64)
      .regex(/^[\x21-\x7e]+$/)
      .describe('The merchant number at the provider. It never changes.'),
    department: Id('dept')
      .optional()
      .describe('Whose money it collects: your own department; every department when absent.'),
    settings: settingsOf(Setting).describe(
      'Addresses, keys and certificates, as the page of the channel lists them. Secrets are never shown again.',
    ),
    check: Check.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreateChannelAccount' })
export type CreateChannelAccount = z.infer<typeof CreateChannelAccount>

export const UpdateChannelAccount = z
  .strictObject({
    name: Name.optional(),
    settings: settingsOf(Setting.nullable())
      .optional()
      .describe('The fields to change; what is left out stays, null takes an optional one away.'),
    check: Check.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateChannelAccount' })
export type UpdateChannelAccount = z.infer<typeof UpdateChannelAccount>

const ChannelSecret = z
  .object({
    field: z.string().max(100),
    kind: z.enum(['private_key', 'public_key', 'certificate', 'secret']),
    fingerprint: z
      .string()
      .max(64)
      .nullable()
      .describe('SHA-256, hex: of a certificate its own, of a key that of its public half.'),
    expires_at: Timestamp.nullable().describe('When a certificate ends.'),
  })
  .meta({ id: 'ChannelSecret' })

const ChannelCheck = z
  .object({
    result: z.enum(CHECK_RESULTS),
    message: z
      .string()
      .max(500)
      .nullable()
      .describe('What the provider said, or why nobody knows.'),
    checked_at: Timestamp,
  })
  .meta({ id: 'ChannelCheck' })

const ChannelHealth = z
  .object({
    state: z
      .enum(BREAKER_STATES)
      .describe('open: it takes no orders for now. half_open: one order tries.'),
    since: Timestamp.nullable(),
    last_error: z.string().max(300).nullable(),
    retry_at: Timestamp.nullable().describe('When the next order may try.'),
  })
  .meta({ id: 'ChannelHealth' })

export const ChannelAccount = z
  .object({
    ...objectFields('cha', 'channel_account'),
    department: Id('dept').nullable(),
    channel: z.enum(CHANNEL_CODES),
    name: z.string().max(100),
    merchant_id: z.string().max(64),
    status: z
      .enum(CHANNEL_ACCOUNT_STATUSES)
      .describe(
        'active: the provider says it works. unverified: nobody knows; it is used. unusable: the provider refused it. disabled: it takes no orders.',
      ),
    settings: z
      .record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean()]))
      .describe('The settings that are no secrets.'),
    secrets: z
      .array(ChannelSecret)
      .max(100)
      .describe('The other settings: what may be known of them.'),
    check: ChannelCheck.nullable().describe('How it went when the account was last tried.'),
    health: ChannelHealth,
    updated_at: Timestamp,
  })
  .meta({ id: 'ChannelAccount' })
export type ChannelAccount = z.infer<typeof ChannelAccount>

export const ChannelAccountList = listOf(ChannelAccount).meta({ id: 'ChannelAccountList' })

export const ChannelAccountListQuery = listQuery('cha', {
  channel: z.enum(CHANNEL_CODES).optional(),
  status: z.enum(CHANNEL_ACCOUNT_STATUSES).optional(),
  department: Id('dept').optional(),
})
export type ChannelAccountListQuery = z.infer<typeof ChannelAccountListQuery>

/** The column is what this module wrote; an account older than the view shows nothing until it is saved again. */
const View = ChannelAccount.pick({ settings: true, secrets: true }).catch({
  settings: {},
  secrets: [],
})
const Codes = ChannelAccount.pick({ channel: true, status: true })

export function toWireChannelAccount(
  row: ChannelAccountRow,
  health: ChannelHealthRow | null,
): ChannelAccount {
  return {
    id: row.id,
    object: 'channel_account',
    livemode: row.livemode,
    department: row.department_id,
    ...Codes.parse({ channel: row.channel, status: row.status }),
    name: row.name,
    merchant_id: row.merchant_id,
    ...View.parse(row.view),
    check: checkOf(row),
    health: healthOf(health),
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
  }
}

function checkOf(row: ChannelAccountRow): ChannelAccount['check'] {
  if (row.check_result === null || row.checked_at === null) return null
  return ChannelCheck.parse({
    result: row.check_result,
    message: row.check_message,
    checked_at: wireTime(row.checked_at),
  })
}

function healthOf(row: ChannelHealthRow | null): ChannelAccount['health'] {
  if (!row) return { state: 'closed', since: null, last_error: null, retry_at: null }
  return {
    state: row.state,
    since: wireTime(row.since),
    last_error: row.last_error,
    retry_at: wireTimeOrNull(row.state === 'closed' ? null : row.retry_at),
  }
}
