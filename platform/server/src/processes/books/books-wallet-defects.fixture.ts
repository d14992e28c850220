import type { Defect } from './books-defect.fixture.js'
import { WALLET_IDS } from './books-wallets.fixture.js'

const unguarded = (table: string, ...statements: string[]) => [
  `alter table ${table} disable trigger user`,
  ...statements,
  `alter table ${table} enable trigger user`,
]

/** Ways to break wallets and the counter, and the rules that must notice: those and no others. */
export const WALLET_DEFECTS: readonly Defect[] = [
  {
    title: 'I5: a wallet below zero',
    found: [
      'I5 wallet_negative',
      'I5 wallet_movements_differ',
      'I5 wallet_ledger_differs',
      'I6 constraint_missing',
    ],
    plant: [
      'alter table wallets drop constraint wallets_never_negative',
      `update wallets set balance = -1 where id = '${WALLET_IDS.wallet}'`,
    ],
  },
  {
    title: 'I5: a wallet with money from nowhere',
    found: ['I5 wallet_movements_differ', 'I5 wallet_ledger_differs'],
    plant: [`update wallets set balance = balance + 1 where id = '${WALLET_IDS.wallet}'`],
  },
  {
    title: 'I5: a movement that was lost, of which the ledger knows',
    found: ['I4 entry_unexpected', 'I5 wallet_movements_differ'],
    plant: unguarded(
      'wallet_transactions',
      `delete from wallet_transactions where kind = 'top_up_hold'`,
    ),
  },
  {
    title: 'I5: a payment that credits a wallet in the ledger only',
    found: ['I4 entry_missing', 'I4 entry_unexpected', 'I5 wallet_ledger_differs'],
    plant: [
      'alter table ledger_entries disable trigger user',
      `update ledger_entries set account_code = replace(account_code, 'payer_wallet', 'wallet_hold')
        where account_code like 'payer_wallet:%' and direction = 'credit' and amount = 1000`,
      'alter table ledger_entries enable trigger user',
    ],
  },
  {
    title: 'I5: an order of the campus card that was paid without a charge',
    found: ['I4 entry_unexpected', 'I5 wallet_movements_differ', 'I5 wallet_order_charge_differs'],
    plant: unguarded(
      'wallet_transactions',
      `delete from wallet_transactions where kind = 'charge'`,
    ),
  },
  {
    title: 'I5: an order that forgot what was given back of it',
    found: ['I5 wallet_order_refunds_differ'],
    plant: unguarded('wallet_orders', 'update wallet_orders set amount_refunded = 0'),
  },
  {
    title: 'I5: a payment by campus card for which no wallet paid',
    found: ['I5 wallet_payment_not_charged'],
    plant: [
      `update payment_attempts set channel_order_no = 'OTHER' where id = '${WALLET_IDS.chargedAttempt}'`,
    ],
  },
  {
    title: 'I5: a number of the counter that nobody got',
    found: ['I5 counter_numbers_differ'],
    plant: ['update counter_days set last_number = 3'],
  },
  {
    title: 'I5: money at the counter that is not in the journal',
    found: ['I5 counter_numbers_differ', 'I5 counter_journal_differs'],
    plant: unguarded('counter_entries', 'delete from counter_entries where number = 1'),
  },
  {
    title: 'I6: movements of wallets that anyone may change',
    found: ['I6 trigger_missing_or_disabled'],
    plant: ['alter table wallet_transactions disable trigger wallet_transactions_append_only'],
  },
]
