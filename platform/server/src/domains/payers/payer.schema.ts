import { z } from 'zod'
import {
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireMetadata,
  wireTime,
} from '../../infra/http/wire.schema.js'
import { maskEmail, maskName, maskNumber, maskPhone, normalizeNumber } from './payer.rules.js'
import { NUMBER_TYPES, PAYER_KINDS, type Payer as PayerRecord } from './payer.types.js'

const Name = Text(100).regex(/\S/, 'must not be blank').describe('Full name. Stored encrypted.')
const Phone = z
  .string()
  .max(40)
  .regex(/^\+?\d(?:[ -]?\d){4,19}$/, 'must be a phone number such as 13800138000')
  .describe('Phone number. Stored encrypted.')
const Email = z.email().max(254).describe('Email address. Stored encrypted.')
const Kind = z.enum(PAYER_KINDS).describe('Who the person is to the institution.')
const PayerNumberType = z.enum(NUMBER_TYPES).describe('What kind of number `number` is.')

export const CreatePayer = z
  .strictObject({
    kind: Kind,
    number_type: PayerNumberType,
    number: Text(64)
      .refine((number) => normalizeNumber(number) !== '', 'must not be blank')
      .describe('Student, employee or certificate number. Stored encrypted.'),
    name: Name,
    phone: Phone.optional(),
    email: Email.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'CreatePayer' })
export type CreatePayer = z.infer<typeof CreatePayer>

export const UpdatePayer = z
  .strictObject({
    name: Name.optional(),
    phone: Phone.nullable().optional(),
    email: Email.nullable().optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdatePayer' })
export type UpdatePayer = z.infer<typeof UpdatePayer>

export const Payer = z
  .object({
    ...objectFields('payer', 'payer'),
    kind: Kind,
    number_type: PayerNumberType,
    number_masked: z.string().max(40).describe('The end of the number, such as ****0123.'),
    name_masked: z.string().max(100).describe('Such as 张*丰.'),
    phone_masked: z.string().max(40).nullable().describe('Such as 138****5678.'),
    email_masked: z.string().max(254).nullable().describe('Such as z***@example.edu.'),
    updated_at: Timestamp,
  })
  .meta({ id: 'Payer' })
export type Payer = z.infer<typeof Payer>

export const PayerListQuery = listQuery('payer', {
  kind: Kind.optional(),
  number_type: PayerNumberType.optional(),
  number: Text(64).optional().describe('In full: numbers are stored encrypted.'),
})
export type PayerListQuery = z.infer<typeof PayerListQuery>

export const PayerList = listOf(Payer).meta({ id: 'PayerList' })
export type PayerList = z.infer<typeof PayerList>

/** Nothing unmasked leaves through the API. */
export function toWirePayer({ row, personal }: PayerRecord): Payer {
  return {
    id: row.id,
    object: 'payer',
    livemode: row.livemode,
    kind: Kind.parse(row.kind),
    number_type: PayerNumberType.parse(row.number_type),
    number_masked: maskNumber(row.number_tail),
    name_masked: maskName(personal.name),
    phone_masked: personal.phone === null ? null : maskPhone(personal.phone),
    email_masked: personal.email === null ? null : maskEmail(personal.email),
    created_at: wireTime(row.created_at),
    updated_at: wireTime(row.updated_at),
    metadata: wireMetadata(row.metadata),
  }
}
