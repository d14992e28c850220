import type { InvariantRule } from './invariant.types.js'

/**
 * The canonical form (docs/reference/ledger.md), written down a second time on purpose, in SQL: this is what
 * the chain is checked against. PostgreSQL escapes JSON texts as RFC 8785 asks.
 */
const ENTRIES = `
  select institution_id, livemode, transaction_id,
         string_agg('{"account":' || to_json(account_code) || ',"amount":"' || amount ||
                    '","currency":' || to_json(currency) || ',"direction":' || to_json(direction) ||
                    '}', ',' order by position) as texts
    from ledger_entries group by institution_id, livemode, transaction_id`

const RECOMPUTED = `
  select link.institution_id, link.livemode, link.position, link.transaction_id, link.hash,
         sha256(convert_to(
           '{"business_date":"' || to_char(txn.business_date, 'YYYY-MM-DD') ||
           '","corrects":' || coalesce(to_json(txn.corrects_id)::text, 'null') ||
           ',"description":' || to_json(txn.description) ||
           ',"entries":[' || coalesce(entry.texts, '') ||
           '],"id":' || to_json(txn.id) || ',"institution":' || to_json(txn.institution_id) ||
           ',"kind":' || to_json(txn.kind) || ',"livemode":' || to_json(txn.livemode) ||
           ',"position":' || link.position ||
           ',"posted_at":"' ||
             to_char(txn.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ||
           '","previous":"' || encode(link.previous, 'hex') ||
           '","source":' || to_json(txn.source_id) || '}', 'UTF8')) as recomputed
    from (select *, coalesce(lag(hash) over (partition by institution_id, livemode order by position),
                             decode(repeat('00', 32), 'hex')) as previous
            from ledger_chain) as link
    left join ledger_transactions as txn
      on txn.institution_id = link.institution_id and txn.livemode = link.livemode
     and txn.id = link.transaction_id
    left join (${ENTRIES}) as entry
      on entry.institution_id = link.institution_id and entry.livemode = link.livemode
     and entry.transaction_id = link.transaction_id`

/** History is as it was when it was sealed, and all of it is sealed or waits to be. */
export const CHAIN_RULES: readonly InvariantRule[] = [
  {
    // The first broken link of each chain: its transaction, or the link itself, was changed.
    name: 'chain_broken',
    sql: `
      select distinct on (institution_id, livemode) institution_id, livemode, position,
             transaction_id, encode(hash, 'hex') as hash, encode(recomputed, 'hex') as recomputed
        from (${RECOMPUTED}) as link
       where hash is distinct from recomputed
       order by institution_id, livemode, position`,
  },
  {
    name: 'chain_gap',
    sql: `
      select institution_id, livemode, count(*) as links, min(position) as first,
             max(position) as last
        from ledger_chain group by institution_id, livemode
      having (min(position), max(position)) <> (1, count(*))`,
  },
  {
    // Without this, a transaction could be taken away together with its link and all that follow.
    name: 'transaction_unchained',
    sql: `
      select coalesce(txn.institution_id, waiting.institution_id) as institution_id,
             coalesce(txn.livemode, waiting.livemode) as livemode,
             coalesce(txn.id, waiting.transaction_id) as transaction_id,
             link.position, waiting.transaction_id is not null as is_waiting
        from ledger_transactions as txn
        full join ledger_unsealed as waiting
          on waiting.institution_id = txn.institution_id and waiting.livemode = txn.livemode
         and waiting.transaction_id = txn.id
        left join ledger_chain as link
          on link.institution_id = txn.institution_id and link.livemode = txn.livemode
         and link.transaction_id = txn.id
       where txn.id is null or (link.position is null) = (waiting.transaction_id is null)`,
  },
  {
    // What was published is still the end of its day.
    name: 'root_differs',
    sql: `
      select root.institution_id, root.livemode, root.business_date::text as business_date,
             root.position, encode(root.hash, 'hex') as hash, last.position as last_of_day,
             encode(link.hash, 'hex') as chain_hash
        from ledger_roots as root
        left join ledger_chain as link
          on link.institution_id = root.institution_id and link.livemode = root.livemode
         and link.position = root.position
        left join lateral (
          select max(position) as position from ledger_chain
           where institution_id = root.institution_id and livemode = root.livemode
             and sealed_on <= root.business_date) as last on true
       where link.hash is distinct from root.hash or last.position is distinct from root.position`,
  },
  {
    // Before anything is sealed on a day, the root of the day before is published.
    name: 'root_missing',
    sql: `
      select chain.institution_id, chain.livemode, day::date::text as business_date
        from (select institution_id, livemode, min(sealed_on) as first, max(sealed_on) as last
                from ledger_chain group by institution_id, livemode) as chain
       cross join lateral generate_series(chain.first, chain.last - 1, interval '1 day') as day
       where not exists (
         select from ledger_roots as root
          where root.institution_id = chain.institution_id and root.livemode = chain.livemode
            and root.business_date = day::date)`,
  },
]
