import type { z } from 'zod'
import { ChannelError } from './channel.errors.js'

/** Parses an account's settings; the error names every wrong field and repeats none of their values. */
export function parseChannelSettings<T>(
  schema: z.ZodType<T>,
  settings: unknown,
  accountName: string,
): T {
  const parsed = schema.safeParse(settings)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => ({
    pointer: `/${['settings', ...issue.path.map(String)].join('/')}`,
    code: issue.code,
    detail: issue.message,
  }))
  const detail = errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ')
  throw new ChannelError(
    'channel_account_invalid',
    `channel account ${accountName}: correct these settings: ${detail}`,
    { errors },
  )
}
