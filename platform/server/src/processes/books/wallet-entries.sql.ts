/**
 * What the movements of wallets book by themselves. A top-up and what becomes of its refund are postings of
 * the payment and of the refund.
 */
export const WALLET_ENTRIES = `
  select movement.institution_id, movement.livemode, posting.kind, movement.source_id,
         case posting.side when 'wallet' then 'payer_wallet:' || movement.wallet_id
                           when 'hold' then 'wallet_hold:' || movement.wallet_id
                           else 'channel_clearing:' || orders.channel_account_id end,
         movement.currency, posting.direction, movement.amount
    from wallet_transactions as movement
    left join wallet_orders as orders
      on orders.institution_id = movement.institution_id and orders.livemode = movement.livemode
     and orders.order_no = movement.order_no
    join (values ('charge', 'wallet_charge', 'wallet', 'debit'),
                 ('charge', 'wallet_charge', 'clearing', 'credit'),
                 ('charge_refund', 'wallet_refund', 'clearing', 'debit'),
                 ('charge_refund', 'wallet_refund', 'wallet', 'credit'),
                 ('top_up_hold', 'wallet_hold', 'wallet', 'debit'),
                 ('top_up_hold', 'wallet_hold', 'hold', 'credit'),
                 ('top_up_hold_release', 'wallet_hold_release', 'hold', 'debit'),
                 ('top_up_hold_release', 'wallet_hold_release', 'wallet', 'credit'))
         as posting(movement, kind, side, direction) on posting.movement = movement.kind`
