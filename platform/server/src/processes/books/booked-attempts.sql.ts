/**
 * Attempts whose channel said "paid" and whose money was taken as the payment's. An attempt that paid
 * too late or a second time is not among them: its money is a late success.
 */
export const BOOKED_ATTEMPTS = `
  select attempt.*
    from payment_attempts as attempt
   where attempt.status = 'succeeded'
     and not exists (
       select from late_successes as late
        where late.institution_id = attempt.institution_id and late.livemode = attempt.livemode
          and late.attempt_id = attempt.id
          and late.channel_transaction_no is not distinct from attempt.channel_transaction_no)`
