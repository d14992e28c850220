import { z } from 'zod'
import { ConsoleAccessError } from './console-access.errors.js'

/** Longer than any password that is accepted: what is longer is refused, not cut. */
const SECRET_LENGTH_MAX = 500

export const PasswordForm = z.object({
  login: z.string().max(200).default(''),
  password: z.string().max(SECRET_LENGTH_MAX).default(''),
})
export type PasswordForm = z.infer<typeof PasswordForm>

export const CodeForm = z.object({
  code: z.string().max(40).default(''),
  action: z.enum(['enrol', 'skip']).default('enrol'),
})
export type CodeForm = z.infer<typeof CodeForm>

export const JoinForm = z.object({
  password: z.string().max(SECRET_LENGTH_MAX).default(''),
  again: z.string().max(SECRET_LENGTH_MAX).default(''),
})
export type JoinForm = z.infer<typeof JoinForm>

/**
 * A form that another site's page submits does not come from us: every browser says of a form where it comes from
 * (Fetch standard, section 3.2). Our pages let it say so: their referrer policy is `same-origin`.
 * @throws ConsoleAccessError console_form_foreign
 */
export function assertOwnForm(
  { headers }: { readonly headers: { readonly origin?: string | undefined } },
  publicOrigin: string,
): void {
  if (headers.origin === publicOrigin) return
  throw new ConsoleAccessError(
    'console_form_foreign',
    `This form was not sent from a page of ${publicOrigin}.`,
  )
}
