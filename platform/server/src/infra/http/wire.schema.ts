import { z } from 'zod'
import { assert } from '../../kernel/assert.js'
import { type IdPrefix, idPattern } from '../../kernel/id.js'
import { AMOUNT_MAX, toWireAmount } from '../../kernel/money.js'
import type { Page, PageRequest } from '../../kernel/pagination.js'
import type { HttpErrorCode } from './http.errors.js'

/** Minor units (fen), 1 to 2^53-1. */
export const Amount = z
  .int()
  .min(1)
  .max(Number(AMOUNT_MAX))
  .describe('Integer amount in minor units (fen).')

/** Minor units that may be zero, in answers. */
export const AmountOrZero = z.int().min(0).max(Number(AMOUNT_MAX)).describe('Minor units (fen).')

export const Currency = z
  .string()
  // What is no code at all is not also an unsupported one: one place, one reason.
  .regex(/^[A-Z]{3}$/, { abort: true })
  .describe('ISO 4217 code, such as CNY.')

/** What every channel collects. The contract names none of them, so that more may come. */
const CURRENCIES_COLLECTED: readonly string[] = ['CNY']

const currencyUnsupported: HttpErrorCode = 'currency_unsupported'

/** The currency of something that is to be paid: refused here, before a channel refuses it. */
export const CollectedCurrency = Currency.refine((code) => CURRENCIES_COLLECTED.includes(code), {
  error: `is not a currency that can be collected: use ${CURRENCIES_COLLECTED.join(' or ')}`,
  params: { code: currencyUnsupported },
}).describe('ISO 4217 code. CNY; another one is refused with currency_unsupported for now.')

/** RFC 3339, UTC, milliseconds. In requests any offset is accepted. */
export const Timestamp = z.iso
  .datetime({ offset: true })
  .max(40)
  // PostgreSQL knows no year 0, and RFC 3339 no year 10000, which an offset can lead to.
  .refine((text) => !/^(0000|9999-12-31)/.test(text), 'must be between the years 1 and 9999')
  .describe('RFC 3339 time.')

export const Metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((entries) => Object.keys(entries).length <= 50, 'at most 50 pairs')
  .describe('Up to 50 pairs of texts of your own.')

/** A printable text for people, without control characters. */
export const Text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')

/** The caller's own number of a thing: unique per app and mode for ever. */
export const OutNumber = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_\-.:/]+$/)
  .describe('Your own number: 1–64 of A–Z a–z 0–9 _ - . : /')

export const Id = (prefix: IdPrefix) =>
  z
    .string()
    .regex(idPattern(prefix), `must be an id that begins with ${prefix}_`)
    .meta({ example: `${prefix}_01jd0000000000000000000000` })

/** What every object of the API carries. */
export const objectFields = <P extends IdPrefix, O extends string>(prefix: P, object: O) => ({
  id: Id(prefix),
  object: z.literal(object),
  livemode: z.boolean(),
  created_at: Timestamp,
  metadata: Metadata,
})

const LIMIT_DEFAULT = 20
const LIMIT_MAX = 100

export const listQuery = <P extends IdPrefix, F extends z.ZodRawShape>(prefix: P, filters: F) =>
  z.strictObject({
    limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
    cursor: Id(prefix).optional().describe('next_cursor of the page before.'),
    'created_at[gte]': Timestamp.optional(),
    'created_at[lt]': Timestamp.optional(),
    ...filters,
  })

/** A list as the wire knows it. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    object: z.literal('list'),
    data: z.array(item).max(LIMIT_MAX),
    has_more: z.boolean(),
    next_cursor: z.string().max(40).nullable(),
  })

export interface WireList<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  next_cursor: string | null
}

export function toWireList<Row, Wire>(page: Page<Row>, toWire: (row: Row) => Wire): WireList<Wire> {
  return {
    object: 'list',
    data: page.rows.map(toWire),
    has_more: page.next_cursor !== null,
    next_cursor: page.next_cursor,
  }
}

/** What every list query carries, as a repository wants it. */
export interface ListFilter extends PageRequest {
  readonly created_at_gte: Date | null
  readonly created_at_lt: Date | null
}

export function listFilterOf(query: {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly 'created_at[gte]'?: string | undefined
  readonly 'created_at[lt]'?: string | undefined
}): ListFilter {
  const date = (text: string | undefined) => (text === undefined ? null : new Date(text))
  return {
    limit: query.limit,
    cursor: query.cursor ?? null,
    created_at_gte: date(query['created_at[gte]']),
    created_at_lt: date(query['created_at[lt]']),
  }
}

/** The Prisma conditions of a list: newest first, one row more than the page to learn whether there is more. */
export function listConditions(filter: ListFilter) {
  return {
    where: {
      ...(filter.cursor ? { id: { lt: filter.cursor } } : {}),
      created_at: {
        ...(filter.created_at_gte ? { gte: filter.created_at_gte } : {}),
        ...(filter.created_at_lt ? { lt: filter.created_at_lt } : {}),
      },
    },
    orderBy: { id: 'desc' as const },
    take: filter.limit + 1,
  }
}

/** Why something failed: the channel's own reason, or ours. */
export const Failure = z
  .object({
    code: z.string().max(100).describe('For programs; many are the words of the channel.'),
    message: z.string().max(1000).describe('For people.'),
  })
  .meta({ id: 'Failure' })
export type Failure = z.infer<typeof Failure>

export const wireFailure = (code: string | null, message: string | null): Failure | null =>
  code === null ? null : { code, message: message ?? '' }

export const wireTime = (moment: Date): string => moment.toISOString()
export const wireTimeOrNull = (moment: Date | null): string | null => moment?.toISOString() ?? null
export const wireAmount = toWireAmount

/** Metadata as stored (jsonb) is always an object of texts: it was validated on the way in. */
export function wireMetadata(value: unknown): Record<string, string> {
  assert(isMetadata(value), 'metadata is stored only after it was validated')
  return value
}

function isMetadata(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
