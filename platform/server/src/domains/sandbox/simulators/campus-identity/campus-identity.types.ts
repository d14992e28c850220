import { z } from 'zod'
import type { RecordKind } from '../simulator.store.js'

/** Somebody a tester has signed in as: offered again next time. */
export const Person = z.object({ number: z.string(), name: z.string() })
export type Person = z.infer<typeof Person>
export const PERSON: RecordKind<Person> = { kind: 'person', schema: Person }

/** A code, from the moment the person signed in to the moment it is redeemed. */
const Code = Person.extend({
  redirect_uri: z.string(),
  code_challenge: z.string(),
  expires_at_ms: z.number(),
  is_redeemed: z.boolean(),
})
export const CODE: RecordKind<z.infer<typeof Code>> = { kind: 'code', schema: Code }

const Token = Person.extend({ expires_at_ms: z.number() })
export const TOKEN: RecordKind<z.infer<typeof Token>> = { kind: 'token', schema: Token }

/** The one client this provider knows. */
export interface CampusClient {
  readonly client_id: string
  readonly client_secret: string
  readonly redirect_uri: string
}
