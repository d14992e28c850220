import { z } from 'zod'
import { tableFilters } from '../../infra/http/table-filter.js'
import {
  Amount,
  CollectedCurrency,
  Currency,
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireAmount,
  wireMetadata,
  wireTime,
} from '../../infra/http/wire.schema.js'
import { CHECKOUT_STATUSES } from './checkout.state.js'
import type { CheckoutItem as ItemRow, Checkout as Row } from './checkout.types.js'
import { ReturnUrl } from './payment.schema.js'

const ITEMS_MAX = 20

export const CreateCheckout = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          bill: Id('bill'),
          amount: Amount.optional().describe('Part of the bill; all that is due when absent.'),
        }),
      )
      .min(1)
      .max(ITEMS_MAX)
      .optional()
      .describe('The bills to collect together. Either items or amount.'),
    amount: Amount.optional().describe('A free amount without bills.'),
    currency: CollectedCurrency.default('CNY'),
    title: Text(120).optional().describe('What is paid; made of the bills’ titles when absent.'),
    expires_at: Timestamp.optional().describe('1 minute to 7 days ahead; 2 hours when absent.'),
    return_url: ReturnUrl.optional(),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreateCheckout' })
export type CreateCheckout = z.infer<typeof CreateCheckout>

export const CheckoutItem = z
  .object({ bill: Id('bill'), department: Id('dept'), amount: Amount })
  .meta({ id: 'CheckoutItem' })

export const Checkout = z
  .object({
    ...objectFields('chk', 'checkout'),
    department: Id('dept'),
    title: z.string().max(120),
    currency: Currency,
    amount: Amount,
    items: z.array(CheckoutItem).max(ITEMS_MAX),
    status: z.enum(CHECKOUT_STATUSES),
    url: z.url().max(2048).describe('The cashier: send the payer here.'),
    return_url: z.string().max(2048).nullable(),
    expires_at: Timestamp,
  })
  .meta({ id: 'Checkout' })
export type Checkout = z.infer<typeof Checkout>

export const CheckoutList = listOf(Checkout).meta({ id: 'CheckoutList' })

export const CheckoutListQuery = listQuery('chk', {
  status: z.enum(CHECKOUT_STATUSES).optional(),
  ...tableFilters,
})
export type CheckoutListQuery = z.infer<typeof CheckoutListQuery>

export function toWireCheckout(row: Row, items: readonly ItemRow[], url: string): Checkout {
  return {
    id: row.id,
    object: 'checkout',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    department: row.department_id,
    title: row.title,
    currency: row.currency,
    amount: wireAmount(row.amount),
    items: items.map((item) => ({
      bill: item.bill_id,
      department: item.department_id,
      amount: wireAmount(item.amount),
    })),
    status: row.status,
    url,
    return_url: row.return_url,
    expires_at: wireTime(row.expires_at),
    metadata: wireMetadata(row.metadata),
  }
}
