import { z } from 'zod'

const FormToken = z.string().max(100).default('')

/** Any form: it proves that it came from a page of this session. */
export const TokenForm = z.object({ form_token: FormToken })
export type TokenForm = z.infer<typeof TokenForm>

export const DecisionForm = z.object({
  form_token: FormToken,
  decision: z.enum(['allow', 'refuse', 'switch']),
})
export type DecisionForm = z.infer<typeof DecisionForm>
