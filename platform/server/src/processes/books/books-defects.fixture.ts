import { IDS } from './books.fixture.js'
import { ASIDE_DEFECTS } from './books-aside-defects.fixture.js'
import { copyOf, type Defect, transactionOf, unchecked, unguarded } from './books-defect.fixture.js'
import { LEDGER_DEFECTS } from './books-ledger-defects.fixture.js'
import { WALLET_DEFECTS } from './books-wallet-defects.fixture.js'

/** A limit that has counted a payment, with what its counter says. */
const limitUse = (payment: string, counted: string) => [
  `insert into payment_limit_usages
     select institution_id, livemode, 'lim_1', current_date, '', ${counted}, 1
       from payments where id = '${payment}'`,
  `insert into payment_limit_uses
     select institution_id, livemode, id, 'lim_1', '', current_date, amount, false
       from payments where id = '${payment}'`,
]

export const DEFECTS: readonly Defect[] = [
  {
    title: 'I1: an entry that lost its other half',
    found: ['I1 transaction_unbalanced', 'I4 entry_missing'],
    plant: unguarded(
      `delete from ledger_entries where direction = 'credit'
         and transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
    ),
  },
  {
    title: 'I1: a transaction without entries',
    found: ['I1 transaction_without_entries', 'I4 entry_missing'],
    plant: unguarded(
      `delete from ledger_entries where transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
    ),
  },
  {
    title: 'I1: an entry of nothing',
    found: [
      'I1 transaction_unbalanced',
      'I1 entry_amount_not_positive',
      'I4 entry_missing',
      'I4 entry_unexpected',
      'I6 constraint_missing',
    ],
    plant: [
      'alter table ledger_entries drop constraint ledger_entries_amounts',
      ...unguarded(
        `update ledger_entries set amount = 0 where direction = 'credit'
           and transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
      ),
    ],
  },
  {
    title: 'I2: an out_trade_no with two payments',
    found: ['I2 out_trade_no_used_twice'],
    plant: [
      'drop index payments_institution_id_livemode_app_id_out_trade_no_key',
      copyOf('payments', IDS.closed, { id: 'pay_2', current_attempt_id: null }),
    ],
  },
  {
    title: 'I2: an out_refund_no with two refunds',
    found: ['I2 out_refund_no_used_twice'],
    plant: [
      'drop index refunds_institution_id_livemode_app_id_out_refund_no_key',
      copyOf('refunds', IDS.refund, { id: 'ref_2', channel_refund_no: 'C2', status: 'failed' }),
      `update refunds set succeeded_at = null where id = 'ref_2'`,
    ],
  },
  {
    title: 'I2: an out_bill_no with two bills',
    found: ['I2 out_bill_no_used_twice', 'I5 bill_sums_differ'],
    plant: [
      'drop index bills_institution_id_livemode_app_id_out_bill_no_key',
      copyOf('bills', IDS.bills[2], { id: 'bill_2' }),
    ],
  },
  {
    title: 'I2: a payment whose second channel success was booked as its own',
    found: ['I2 payment_booked_twice', 'I4 entry_missing', 'I4 entry_unexpected'],
    plant: [
      copyOf('payment_attempts', IDS.directAttempt, {
        id: 'att_2',
        channel_order_no: 'O2',
        channel_transaction_no: 'X2',
      }),
    ],
  },
  {
    title: 'I2: a payment that was posted twice',
    found: [
      'I2 source_posted_twice',
      'I4 entry_missing',
      'I4 entry_unexpected',
      'I6 transaction_unchained',
    ],
    plant: [
      'drop index ledger_transactions_institution_id_livemode_kind_source_id_key',
      ...unguarded(
        `insert into ledger_transactions
           select institution_id, livemode, 'txn_2', kind, source_id, description, business_date,
                  posted_at from ledger_transactions where source_id = '${IDS.direct}'`,
        `insert into ledger_entries
           select institution_id, livemode, 'txn_2', position, account_code, currency, direction,
                  amount from ledger_entries
            where transaction_id = (select id from ledger_transactions
                                     where source_id = '${IDS.direct}' and id <> 'txn_2')`,
      ),
    ],
  },
  {
    title: 'I2: one transaction of the channel that pays for two payments',
    found: ['I2 channel_transaction_booked_twice'],
    plant: [
      `update payment_attempts set channel_transaction_no = 'X-${IDS.paidAttempt}'
        where id = '${IDS.directAttempt}'`,
    ],
  },
  {
    title: 'I2: a checkout that was paid twice',
    found: ['I2 checkout_paid_twice'],
    plant: [`update payments set checkout_id = '${IDS.checkout}' where id = '${IDS.direct}'`],
  },
  ...(['paid', 'refund', 'checkout'] as const).map((name) => ({
    title: `I3: an answered ${name} that is not there`,
    found: [`I3 answered_${IDS[name].slice(0, IDS[name].indexOf('_'))}_missing`],
    plant: [
      `update idempotency_keys
          set response_body = replace(response_body, '${IDS[name]}', '${IDS[name].slice(0, -3)}000')`,
    ],
  })),
  {
    title: 'I3: an answered bill that is not there',
    found: ['I3 answered_bill_missing'],
    plant: [`update idempotency_keys set livemode = false where key = 'k3'`],
  },
  {
    title: 'I3: an answered fee item that is not there',
    found: ['I3 answered_item_missing'],
    plant: [
      `update idempotency_keys set response_body = '{"id":"item_x","name":"Tuition"}'
        where key = 'k3'`,
    ],
  },
  {
    title: 'I3: a refund of another amount than was answered',
    found: ['I3 answered_ref_amount_differs'],
    plant: [
      `update idempotency_keys set response_body = replace(response_body, '100', '99')
        where key = 'k2'`,
    ],
  },
  {
    title: 'I3: a payment of another amount than was answered',
    found: ['I3 answered_pay_amount_differs'],
    plant: [
      `update idempotency_keys set response_body = replace(response_body, '1000', '1001')
        where key = 'k1'`,
    ],
  },
  {
    title: 'I4: a payment that succeeded without a posting',
    found: ['I4 entry_missing', 'I6 payment_without_its_success'],
    plant: [
      copyOf('payments', IDS.direct, { id: 'pay_2', out_trade_no: 'T2', current_attempt_id: null }),
    ],
  },
  {
    title: 'I4: a posting of another amount',
    found: ['I4 entry_missing', 'I4 entry_unexpected'],
    plant: unguarded(
      `update ledger_entries set amount = 249
        where transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
    ),
  },
  {
    title: 'I4: a posting to another department',
    found: ['I4 entry_missing', 'I4 entry_unexpected'],
    plant: unguarded(
      `update ledger_entries set account_code = 'department_payable:${IDS.departments[1]}'
        where direction = 'credit' and transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
    ),
  },
  {
    title: 'I4: a posting without its refund',
    found: ['I4 entry_unexpected', 'I5 payment_refunds_differ', 'I5 bill_sums_differ'],
    plant: [
      `update refunds set status = 'processing', succeeded_at = null where id = '${IDS.refund}'`,
    ],
  },
  {
    title: 'I4: a late success that left suspense but was never given back',
    found: ['I4 entry_unexpected'],
    plant: [`update late_successes set status = 'posted'`],
  },
  {
    title: 'I4: a late success that was never posted',
    found: ['I4 entry_missing'],
    plant: [
      copyOf('payment_attempts', IDS.closedAttempt, { id: 'att_2', channel_order_no: 'O2' }),
      copyOf('late_successes', IDS.late, { id: 'late_2', attempt_id: 'att_2', status: 'posted' }),
    ],
  },
  {
    title: 'I4: a channel success that nobody booked',
    found: ['I4 channel_success_not_booked', 'I6 payment_current_attempt_differs'],
    plant: [`update payment_attempts set status = 'succeeded' where id = '${IDS.pendingAttempt}'`],
  },
  {
    title: 'I4: a channel success of another amount than the payment',
    found: ['I4 channel_success_differs_from_payment'],
    plant: [`update payment_attempts set amount = 1 where id = '${IDS.directAttempt}'`],
  },
  {
    title: 'I5: refunds that together exceed the payment',
    found: ['I5 payment_refunds_differ'],
    plant: [
      copyOf('refunds', IDS.refundUnderWay, {
        id: 'ref_2',
        out_refund_no: 'R2',
        channel_refund_no: 'C2',
        items: '[]',
      }),
      `update refunds set amount = 851, items = '[]' where id = 'ref_2'`,
    ],
  },
  {
    title: 'I5: a payment that does not know of a refund',
    found: ['I5 payment_refunds_differ'],
    plant: [`update payments set amount_refunding = 0 where id = '${IDS.paid}'`],
  },
  {
    title: 'I5: a refund in another currency than its payment',
    found: ['I5 refund_currency_differs'],
    plant: [`update refunds set currency = 'USD' where id = '${IDS.refundUnderWay}'`],
  },
  {
    title: 'I5: a refund whose parts do not add up',
    found: ['I5 refund_parts_differ', 'I5 payment_part_refunds_differ'],
    plant: [
      `update refunds set items = jsonb_set(items, '{0,amount}', '651') where id = '${IDS.refundUnderWay}'`,
    ],
  },
  {
    title: 'I5: a payment whose parts do not add up',
    found: ['I5 payment_parts_differ', 'I5 bill_sums_differ'],
    plant: [`update payment_items set amount = 399 where payment_id = '${IDS.pending}'`],
  },
  {
    title: 'I5: a part that forgot what it gave back',
    found: ['I5 payment_part_refunds_differ'],
    plant: [`update payment_items set amount_refunded = 99 where amount_refunded > 0`],
  },
  {
    title: 'I5: a bill that forgot a payment',
    found: ['I5 bill_sums_differ'],
    plant: [`update bills set amount_paid = 299 where id = '${IDS.bills[1]}'`],
  },
  {
    title: 'I5: a bill that is still held by nobody',
    found: ['I5 bill_sums_differ'],
    plant: [`update bills set amount_reserved = 1 where id = '${IDS.bills[1]}'`],
  },
  {
    title: 'I5: an overpaid bill',
    found: ['I5 bill_overpaid', 'I6 constraint_missing'],
    plant: unchecked(
      'bills',
      'bills_amounts',
      `update bills set amount = 399 where id = '${IDS.bills[2]}'`,
    ),
  },
  {
    title: 'I5: a payment for a bill that does not exist',
    found: ['I5 bill_sums_differ', 'I5 bill_of_payment_missing'],
    plant: [`update payment_items set bill_id = 'bill_x' where payment_id = '${IDS.pending}'`],
  },
  {
    title: 'I6: statuses that no lifecycle has',
    found: [
      'I4 entry_missing',
      'I6 bills_status_unknown',
      'I6 checkouts_status_unknown',
      'I6 payments_status_unknown',
      'I6 payment_attempts_status_unknown',
      'I6 refunds_status_unknown',
      'I6 late_successes_status_unknown',
      'I6 ledger_corrections_status_unknown',
      'I6 constraint_missing',
    ],
    plant: [
      'alter table ledger_corrections drop constraint ledger_corrections_shape',
      copyOf('ledger_corrections', IDS.correction, { id: 'cor_2', status: 'done' }),
      `update bills set status = 'done' where id = '${IDS.bills[1]}'`,
      `update checkouts set status = 'done'`,
      copyOf('payments', IDS.direct, {
        id: 'pay_2',
        out_trade_no: 'T2',
        status: 'done',
        current_attempt_id: null,
      }),
      `update payments set succeeded_at = null where id = 'pay_2'`,
      `update payment_attempts set status = 'done' where id = '${IDS.pendingAttempt}'`,
      `update refunds set status = 'done' where status = 'failed'`,
      copyOf('payment_attempts', IDS.closedAttempt, { id: 'att_2', channel_order_no: 'O2' }),
      copyOf('late_successes', IDS.late, { id: 'late_2', attempt_id: 'att_2', status: 'done' }),
    ],
  },
  {
    title: 'I6: a payment whose current attempt is not its own',
    found: ['I6 payment_current_attempt_differs'],
    plant: [
      `update payments set current_attempt_id = '${IDS.directAttempt}' where id = '${IDS.closed}'`,
    ],
  },
  {
    title: 'I6: a payment that waits for an order that has ended',
    found: ['I6 payment_current_attempt_differs'],
    plant: [`update payment_attempts set status = 'closed' where id = '${IDS.pendingAttempt}'`],
  },
  {
    title: 'I6: a payment with an order and without a channel',
    found: ['I6 constraint_missing'],
    plant: unchecked(
      'payments',
      'payments_current_attempt',
      `update payments set channel = null where id = '${IDS.pending}'`,
    ),
  },
  {
    title: 'I6: a payment that succeeded at no time',
    found: ['I6 payment_end_differs'],
    plant: [`update payments set succeeded_at = null where id = '${IDS.direct}'`],
  },
  {
    title: 'I6: a payment under way that has an end',
    found: ['I6 payment_end_differs'],
    plant: [`update payments set closed_at = now() where id = '${IDS.pending}'`],
  },
  {
    title: 'I6: a refund under way that has an end',
    found: ['I6 refund_end_differs'],
    plant: [`update refunds set succeeded_at = now() where id = '${IDS.refundUnderWay}'`],
  },
  {
    title: 'I6: a bill that is called paid and is not',
    found: ['I6 bill_status_differs'],
    plant: [`update bills set status = 'paid' where id = '${IDS.bills[1]}'`],
  },
  {
    title: 'I6: a checkout that is completed by nothing',
    found: ['I6 checkout_completed_unpaid'],
    plant: [`update payments set checkout_id = null`],
  },
  ...[
    ['ledger_entries', 'ledger_entries_append_only'],
    ['ledger_entries', 'ledger_entries_balanced'],
    ['ledger_transactions', 'ledger_transactions_append_only'],
    ['ledger_transactions', 'ledger_transactions_await_seal'],
    ['ledger_chain', 'ledger_chain_append_only'],
    ['ledger_roots', 'ledger_roots_append_only'],
    ['ledger_corrections', 'ledger_corrections_kept'],
    ['payment_splits', 'payment_splits_kept'],
  ].map(([table, trigger]) => ({
    title: `I6: the trigger ${trigger} switched off`,
    found: ['I6 trigger_missing_or_disabled'],
    plant: [`alter table ${table} disable trigger ${trigger}`],
  })),
  {
    title: 'I6: a trigger that was dropped',
    found: ['I6 trigger_missing_or_disabled'],
    plant: ['drop trigger ledger_entries_balanced on ledger_entries'],
  },
  {
    title: 'I5: a limit whose counter is not what its payments are',
    found: ['I5 limit_usage_differs'],
    plant: limitUse(IDS.direct, 'amount + 1'),
  },
  {
    title: 'I5: a limit that still counts a payment that was closed',
    found: ['I5 limit_counts_unpaid_payment'],
    plant: limitUse(IDS.closed, 'amount'),
  },
  ...ASIDE_DEFECTS,
  ...LEDGER_DEFECTS,
  ...WALLET_DEFECTS,
]
