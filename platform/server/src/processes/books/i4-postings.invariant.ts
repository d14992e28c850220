import { BOOKED_ATTEMPTS } from './booked-attempts.sql.js'
import type { Invariant } from './invariant.types.js'
import { WALLET_ENTRIES } from './wallet-entries.sql.js'

/** Each payment that succeeded: the channel's clearing account owes us, and we owe departments, or a payer. */
const PAYMENT_ENTRIES = `
  select payment.institution_id, payment.livemode, 'payment' as kind, payment.id as source_id,
         'channel_clearing:' || booked.channel_account_id as account_code, payment.currency,
         'debit' as direction, payment.amount
    from payments as payment
    left join (${BOOKED_ATTEMPTS}) as booked
      on booked.institution_id = payment.institution_id and booked.livemode = payment.livemode
     and booked.payment_id = payment.id
   where payment.status = 'succeeded'
  union all
  select payment.institution_id, payment.livemode, 'payment', payment.id,
         coalesce('payer_wallet:' || payment.wallet_id,
                  'department_payable:' ||
                    coalesce(split.department_id, item.department_id, payment.department_id)),
         payment.currency, 'credit', coalesce(split.amount, item.amount, payment.amount)
    from payments as payment
    left join payment_items as item
      on item.institution_id = payment.institution_id and item.livemode = payment.livemode
     and item.payment_id = payment.id
    left join payment_splits as split
      on split.institution_id = item.institution_id and split.livemode = item.livemode
     and split.payment_id = item.payment_id and split.item_position = item.position
   where payment.status = 'succeeded' and coalesce(split.amount, 1) > 0`

/** Each refund that succeeded: the same backwards, by the parts it gives back. */
const REFUND_ENTRIES = `
  select refund.institution_id, refund.livemode, 'refund', refund.id,
         coalesce('wallet_hold:' || payment.wallet_id,
                  'department_payable:' || coalesce(split ->> 'department_id',
                                                    item ->> 'department_id', refund.department_id)),
         refund.currency, 'debit',
         coalesce((split ->> 'amount')::bigint, (item ->> 'amount')::bigint, refund.amount)
    from refunds as refund
    left join payments as payment
      on payment.institution_id = refund.institution_id and payment.livemode = refund.livemode
     and payment.id = refund.payment_id
    left join lateral jsonb_array_elements(refund.items) as item on true
    left join lateral jsonb_array_elements(item -> 'splits') as split on true
   where refund.status = 'succeeded'
  union all
  select refund.institution_id, refund.livemode, 'refund', refund.id,
         'channel_clearing:' || attempt.channel_account_id, refund.currency, 'credit', refund.amount
    from refunds as refund
    left join payment_attempts as attempt
      on attempt.institution_id = refund.institution_id and attempt.livemode = refund.livemode
     and attempt.id = refund.attempt_id
   where refund.status = 'succeeded'`

/** Late money goes to suspense when it arrives, and leaves it when it was given back. */
const LATE_ENTRIES = `
  select late.institution_id, late.livemode, move.kind, late.id,
         case move.side when 'clearing' then 'channel_clearing:' || attempt.channel_account_id
                        else 'suspense' end,
         late.currency, move.direction, late.amount
    from late_successes as late
    left join payment_attempts as attempt
      on attempt.institution_id = late.institution_id and attempt.livemode = late.livemode
     and attempt.id = late.attempt_id
    join (values ('late_success', 'clearing', 'debit'), ('late_success', 'suspense', 'credit'),
                 ('late_success_refund', 'suspense', 'debit'),
                 ('late_success_refund', 'clearing', 'credit')) as move(kind, side, direction)
      on move.kind = 'late_success' or late.status = 'refunded'`

/** What a second key approved. */
const CORRECTION_ENTRIES = `
  select correction.institution_id, correction.livemode, correction.kind, correction.id,
         entry ->> 'account', correction.currency, entry ->> 'direction',
         (entry ->> 'amount')::bigint
    from ledger_corrections as correction
    left join lateral jsonb_array_elements(correction.entries) as entry on true
   where correction.status = 'posted'`

const EXPECTED = `
  select institution_id, livemode, kind, source_id, account_code, currency, direction,
         sum(amount)::bigint as amount
    from (${PAYMENT_ENTRIES} union all ${REFUND_ENTRIES} union all ${LATE_ENTRIES}
          union all ${CORRECTION_ENTRIES} union all ${WALLET_ENTRIES}) as expected
   group by institution_id, livemode, kind, source_id, account_code, currency, direction`

const BOOKED = `
  select txn.institution_id, txn.livemode, txn.kind, txn.source_id, entry.account_code,
         entry.currency, entry.direction, sum(entry.amount)::bigint as amount
    from ledger_transactions as txn
    join ledger_entries as entry
      on entry.institution_id = txn.institution_id and entry.livemode = txn.livemode
     and entry.transaction_id = txn.id
   group by txn.institution_id, txn.livemode, txn.kind, txn.source_id, entry.account_code,
            entry.currency, entry.direction`

export const I4_POSTINGS: Invariant = {
  id: 'I4',
  title: 'money moved ⇔ exactly one posting, in full',
  checkedSql: `select count(*) as checked
                 from (select distinct institution_id, livemode, kind, source_id
                         from (${EXPECTED}) as expected) as expected`,
  rules: [
    // Not booked at all, or with another amount, account or currency.
    { name: 'entry_missing', sql: `${EXPECTED} except ${BOOKED}` },
    // Booked for something that did not happen, or differently from how it happened.
    { name: 'entry_unexpected', sql: `${BOOKED} except ${EXPECTED}` },
    {
      // A correction names what it corrects, on the same side of the wall, and is approved by another key.
      name: 'correction_differs',
      sql: `
        select correction.institution_id, correction.livemode, correction.id as correction_id,
               correction.kind, correction.corrects_id, correction.transaction_id,
               txn.corrects_id as booked_corrects_id
          from ledger_corrections as correction
          left join ledger_transactions as txn
            on txn.institution_id = correction.institution_id and txn.livemode = correction.livemode
           and txn.id = correction.transaction_id
          left join ledger_transactions as corrected
            on corrected.institution_id = correction.institution_id
           and corrected.livemode = correction.livemode and corrected.id = correction.corrects_id
         where corrected.id is null
            or (correction.status = 'posted'
                and ((txn.kind, txn.source_id, txn.corrects_id) is distinct from
                     (correction.kind, correction.id, correction.corrects_id)
                     or correction.decided_by = correction.requested_by))`,
    },
    {
      name: 'reversed_twice',
      sql: `
        select institution_id, livemode, corrects_id, array_agg(id order by id) as transaction_ids
          from ledger_transactions where kind = 'reversal'
         group by institution_id, livemode, corrects_id having count(*) > 1`,
    },
    {
      name: 'channel_success_not_booked',
      sql: `
        select booked.institution_id, booked.livemode, booked.payment_id, booked.id as attempt_id,
               booked.amount, payment.status as payment_status
          from (${BOOKED_ATTEMPTS}) as booked
          join payments as payment
            on payment.institution_id = booked.institution_id
           and payment.livemode = booked.livemode and payment.id = booked.payment_id
         where payment.status <> 'succeeded'`,
    },
    {
      name: 'channel_success_differs_from_payment',
      sql: `
        select booked.institution_id, booked.livemode, booked.payment_id, booked.id as attempt_id,
               booked.amount, booked.currency, payment.amount as payment_amount,
               payment.currency as payment_currency
          from (${BOOKED_ATTEMPTS}) as booked
          join payments as payment
            on payment.institution_id = booked.institution_id
           and payment.livemode = booked.livemode and payment.id = booked.payment_id
         where (booked.amount, booked.currency) <> (payment.amount, payment.currency)`,
    },
  ],
}
