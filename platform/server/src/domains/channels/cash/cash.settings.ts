import { z } from 'zod'

/** A counter needs no settings: what it is called is the account’s name. */
export const CashSettings = z.strictObject({})
export type CashSettings = z.infer<typeof CashSettings>
