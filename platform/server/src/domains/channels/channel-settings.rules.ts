import type { z } from 'zod'
import type { FieldError } from '../../kernel/errors.js'
import { pointerTo } from './accounts/channel-account.rules.js'
import { ChannelError, type ChannelErrorCode } from './channel.errors.js'

/**
 * Parses an account's settings; the error names every wrong field and repeats none of their values.
 * @throws ChannelError channel_account_invalid, or the code that is given
 */
export function parseChannelSettings<T>(
  schema: z.ZodType<T>,
  settings: unknown,
  accountName: string,
  code: ChannelErrorCode = 'channel_account_invalid',
): T {
  const parsed = schema.safeParse(settings)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.flatMap(fieldErrorsOf)
  const detail = errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ')
  throw new ChannelError(
    code,
    `channel account ${accountName}: correct these settings: ${detail}`,
    { errors },
  )
}

function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo(...path, key),
      code: 'field_unknown',
      detail: 'is not a setting of this channel',
    }))
  }
  const isMissing = issue.message.endsWith('received undefined')
  const code = isMissing ? 'field_missing' : 'field_value_invalid'
  return [{ pointer: pointerTo(...path), code, detail: issue.message }]
}
