import { z } from 'zod'
import { AMOUNT_MAX } from '../../kernel/money.js'
import { Text } from './wire.schema.js'

const AmountBound = z.coerce.number().int().min(0).max(Number(AMOUNT_MAX))
const TEXT_LENGTH_MAX = 100

/** What every table of money can be narrowed by, beside what is its own. */
export const tableFilters = {
  'amount[gte]': AmountBound.optional().describe('Minor units (fen).'),
  'amount[lte]': AmountBound.optional(),
  text: Text(TEXT_LENGTH_MAX)
    .optional()
    .describe('Anywhere in what people read of it, or how your own number begins.'),
}

export interface TableFilter {
  readonly amount_gte: bigint | null
  readonly amount_lte: bigint | null
  readonly text: string | null
}

export function tableFilterOf(query: {
  readonly 'amount[gte]'?: number | undefined
  readonly 'amount[lte]'?: number | undefined
  readonly text?: string | undefined
}): TableFilter {
  const amount = (value: number | undefined) => (value === undefined ? null : BigInt(value))
  return {
    amount_gte: amount(query['amount[gte]']),
    amount_lte: amount(query['amount[lte]']),
    text: query.text ?? null,
  }
}

/** The Prisma condition on the amount. */
export function amountCondition({ amount_gte, amount_lte }: TableFilter) {
  if (amount_gte === null && amount_lte === null) return {}
  return {
    amount: {
      ...(amount_gte === null ? {} : { gte: amount_gte }),
      ...(amount_lte === null ? {} : { lte: amount_lte }),
    },
  }
}

/** The Prisma conditions of a text: as it is, for Prisma takes % and _ for wildcards. */
export function containsText(text: string) {
  return { contains: escaped(text), mode: 'insensitive' as const }
}

export function startsWithText(text: string) {
  return { startsWith: escaped(text) }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}
