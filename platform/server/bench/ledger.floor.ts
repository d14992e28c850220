// The floor: a ledger in bare SQL, of the shape that pgledger publishes (github.com/pgr0ss/pgledger): a transfer,
// two entries with the balance before and after, and two accounts with a balance, locked in one order. One
// function call, prepared, is one transaction: what a good engineer would write who puts a ledger into PostgreSQL.
import type { Pool } from 'pg'
import { newId } from '../src/kernel/id.js'

const SCHEMA = `
create schema floor;
create table floor.accounts (
  id text primary key, name text not null, currency text not null, balance bigint not null default 0,
  version bigint not null default 0, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now());
create table floor.transfers (
  id text primary key, from_account_id text not null references floor.accounts,
  to_account_id text not null references floor.accounts, amount bigint not null check (amount > 0),
  created_at timestamptz not null default now(), event_at timestamptz not null);
create index on floor.transfers (from_account_id);
create index on floor.transfers (to_account_id);
create table floor.entries (
  id text primary key, account_id text not null references floor.accounts,
  transfer_id text not null references floor.transfers, amount bigint not null,
  account_previous_balance bigint not null, account_current_balance bigint not null,
  account_version bigint not null, created_at timestamptz not null default now());
create index on floor.entries (account_id);
create index on floor.entries (transfer_id);
create function floor.transfer(transfer_id text, debit_id text, credit_id text, from_id text, to_id text, wanted bigint)
  returns void language plpgsql as $$
declare after_from floor.accounts; after_to floor.accounts;
begin
  perform from floor.accounts where id = least(from_id, to_id) for update;
  perform from floor.accounts where id = greatest(from_id, to_id) for update;
  insert into floor.transfers (id, from_account_id, to_account_id, amount, event_at)
    values (transfer_id, from_id, to_id, wanted, now());
  update floor.accounts set balance = balance - wanted, version = version + 1, updated_at = now()
    where id = from_id returning * into after_from;
  update floor.accounts set balance = balance + wanted, version = version + 1, updated_at = now()
    where id = to_id returning * into after_to;
  insert into floor.entries (id, account_id, transfer_id, amount, account_previous_balance,
      account_current_balance, account_version)
    values (debit_id, from_id, transfer_id, -wanted, after_from.balance + wanted, after_from.balance, after_from.version),
           (credit_id, to_id, transfer_id, wanted, after_to.balance - wanted, after_to.balance, after_to.version);
end $$`

export class FloorLedger {
  private readonly pool: Pool
  private done = 0

  private constructor(pool: Pool) {
    this.pool = pool
  }

  static async create(pool: Pool): Promise<FloorLedger> {
    await pool.query(SCHEMA)
    return new FloorLedger(pool)
  }

  async addAccounts(names: readonly string[]): Promise<void> {
    await this.pool.query(
      `insert into floor.accounts (id, name, currency) select name, name, 'CNY' from unnest($1::text[]) as name`,
      [names],
    )
  }

  async transfer(from: string, to: string, amount: number): Promise<void> {
    await this.pool.query({
      name: 'floor_transfer',
      text: 'select floor.transfer($1, $2, $3, $4, $5, $6)',
      values: [newId('txn'), newId('txn'), newId('txn'), from, to, amount],
    })
    this.done++
  }

  async verify(): Promise<void> {
    const { rows } = await this.pool.query<{ transfers: string; wrong: string }>(
      `select (select count(*) from floor.transfers) as transfers,
              (select count(*) from floor.accounts as account
                where balance <> (select coalesce(sum(amount), 0) from floor.entries
                                   where account_id = account.id)) as wrong`,
    )
    const [row] = rows
    if (Number(row?.transfers) !== this.done || Number(row?.wrong) !== 0) {
      throw new Error(`the floor lost something: ${JSON.stringify(row)}, ${this.done} acknowledged`)
    }
  }
}
