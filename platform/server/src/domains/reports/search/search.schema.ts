import { z } from 'zod'
import { Currency, listOf, Timestamp } from '../../../infra/http/wire.schema.js'

export const SEARCH_TYPES = [
  ...['payment', 'payment_attempt', 'late_success', 'refund', 'bill', 'checkout', 'fee_item'],
  ...['payer', 'wallet', 'event', 'webhook_endpoint', 'webhook_delivery', 'request_log'],
  ...['ledger_transaction', 'key'],
] as const

/** Shorter, and half of everything would fit. */
const QUERY_LENGTH_MIN = 3

export const SearchQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(QUERY_LENGTH_MIN)
    .max(128)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
    .describe(
      'An id, or its first 8 characters after the prefix; a number of your own or how it begins; in full, a number that a channel or a payer has, or an Idempotency-Key.',
    ),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})
export type SearchQuery = z.infer<typeof SearchQuery>

const ObjectId = z.string().max(40)

export const SearchResult = z
  .object({
    object: z.literal('search_result'),
    type: z.string().max(40).describe('What was found, such as payment; new kinds may come.'),
    id: ObjectId,
    title: z.string().max(500).describe('For people.'),
    status: z.string().max(40).nullable(),
    amount: z.int().min(0).nullable().describe('Minor units (fen).'),
    currency: Currency.nullable(),
    created_at: Timestamp,
    matched: z.string().max(40).describe('The field that fits, such as out_trade_no.'),
    is_exact: z.boolean().describe('The whole field fits, not only how it begins.'),
    parent_id: ObjectId.nullable().describe('What it belongs to: of an attempt, its payment.'),
  })
  .meta({ id: 'SearchResult' })
export type SearchResult = z.infer<typeof SearchResult>

export const SearchResultList = listOf(SearchResult).meta({ id: 'SearchResultList' })
