import { IDS } from './books.fixture.js'
import { altered, type Defect, transactionOf, unguarded } from './books-defect.fixture.js'

/** Defects of splits, corrections, snapshots and the chain. */
export const LEDGER_DEFECTS: readonly Defect[] = [
  {
    title: 'I1: a snapshot that is not what its entries sum up to',
    found: ['I1 snapshot_differs'],
    plant: [
      `update ledger_snapshots set debits = debits + 1
        where account_code = 'channel_clearing:${IDS.account}'`,
    ],
  },
  {
    title: 'I1: a snapshot that was lost',
    found: ['I1 snapshot_differs'],
    plant: [`delete from ledger_snapshots where account_code like 'channel_clearing:%'`],
  },
  {
    title: 'I4: a correction that was booked and never asked for',
    found: ['I4 entry_unexpected'],
    plant: altered('ledger_corrections', 'delete from ledger_corrections'),
  },
  {
    title: 'I4: a correction that was booked otherwise than it was approved',
    found: ['I4 entry_missing', 'I4 entry_unexpected'],
    plant: altered(
      'ledger_corrections',
      `update ledger_corrections set entries = jsonb_set(entries, '{0,amount}', '11')`,
    ),
  },
  {
    title: 'I4: a correction that names another transaction than its posting does',
    found: ['I4 correction_differs'],
    plant: altered(
      'ledger_corrections',
      `update ledger_corrections set corrects_id = ${transactionOf(IDS.direct, 'payment')}`,
    ),
  },
  {
    title: 'I4: a transaction that was reversed twice',
    found: ['I4 entry_unexpected', 'I4 reversed_twice'],
    plant: [
      ...['1', '2'].flatMap((n) => [
        `insert into ledger_transactions
           select institution_id, livemode, 'txn_r${n}', 'reversal', 'cor_r${n}', '', business_date,
                  posted_at, id from ledger_transactions where source_id = '${IDS.direct}'`,
        `insert into ledger_entries
           select institution_id, livemode, 'txn_r${n}', position, account_code, currency,
                  case direction when 'debit' then 'credit' else 'debit' end, amount
             from ledger_entries where transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
      ]),
    ],
  },
  {
    title: 'I5: splits that do not add up to their part',
    found: ['I4 entry_missing', 'I4 entry_unexpected', 'I5 payment_splits_differ'],
    plant: altered('payment_splits', 'update payment_splits set amount = 199 where position = 0'),
  },
  {
    title: 'I5: splits by other shares than those that were frozen',
    found: ['I5 payment_split_off_its_share'],
    plant: altered('payment_splits', 'update payment_splits set share = 1'),
  },
  {
    title: 'I5: a department that gave back what no refund took',
    found: ['I5 payment_split_refunds_differ'],
    plant: ['update payment_splits set amount_refunded = 1 where position = 0'],
  },
  {
    title: 'I6: a sealed transaction that says something else than it did',
    found: ['I6 chain_broken'],
    plant: unguarded(
      `update ledger_transactions set description = 'Tuition!' where source_id = '${IDS.paid}'`,
    ),
  },
  {
    title: 'I6: a sealed transaction of another amount on both sides, with its snapshots',
    found: ['I4 entry_missing', 'I4 entry_unexpected', 'I6 chain_broken'],
    plant: [
      ...unguarded(
        `update ledger_entries set amount = 101 where transaction_id = ${transactionOf(IDS.refund, 'refund')}`,
      ),
      `update ledger_snapshots set debits = debits + 1 where account_code = 'department_payable:${IDS.departments[0]}'`,
      `update ledger_snapshots set credits = credits + 1 where account_code like 'channel_clearing:%'`,
    ],
  },
  {
    title: "I6: a link with another hash, which the day's root and the next link do not know",
    found: ['I6 chain_broken', 'I6 root_differs'],
    plant: altered('ledger_chain', `update ledger_chain set hash = sha256('x') where position = 1`),
  },
  {
    title: 'I6: a link that was taken out',
    found: [
      'I1 snapshot_differs',
      'I6 chain_broken',
      'I6 chain_gap',
      'I6 transaction_unchained',
      'I6 root_differs',
    ],
    plant: altered('ledger_chain', 'delete from ledger_chain where position = 1'),
  },
  {
    title: 'I6: a transaction that nobody will seal',
    found: ['I6 transaction_unchained'],
    plant: [
      `delete from ledger_unsealed where transaction_id = ${transactionOf(IDS.direct, 'payment')}`,
    ],
  },
  {
    title: 'I6: a root that was lost',
    found: ['I6 root_missing'],
    plant: altered('ledger_roots', 'delete from ledger_roots'),
  },
]
