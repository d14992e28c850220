import type { Invariant } from './invariant.types.js'

/** Objects that never go away once they were answered, by the prefix of their ids. */
const OBJECTS = [
  { prefix: 'pay', table: 'payments' },
  { prefix: 'ref', table: 'refunds' },
  { prefix: 'bill', table: 'bills' },
  { prefix: 'chk', table: 'checkouts' },
  { prefix: 'item', table: 'fee_items' },
] as const

/**
 * What every remembered 2xx answer about such an object said: its id, and its amount if it has one. Of
 * millions of answers, only those with an id of this kind somewhere in their text are read as JSON, and
 * each once: "offset 0" keeps PostgreSQL from reading it again wherever `body` stands.
 */
const answersWith = (idPrefix: string) => `
  select institution_id, livemode, app_id, route, key, response_status,
         body ->> 'id' as object_id, body ->> 'amount' as answered_amount
    from (select institution_id, livemode, app_id, route, key, response_status,
                 case when response_body like '{%"${idPrefix}%}' then response_body::jsonb end as body
            from idempotency_keys where response_status between 200 and 299 offset 0) as answered
   where body ->> 'id' like '${idPrefix}%'`

export const I3_DURABLE: Invariant = {
  id: 'I3',
  title: 'what a 2xx answered is there',
  checkedSql: `select count(*) as checked from (${answersWith('')}) as answer`,
  rules: [
    ...OBJECTS.map(({ prefix, table }) => ({
      name: `answered_${prefix}_missing`,
      sql: `
        select answer.* from (${answersWith(`${prefix}\\_`)}) as answer
         where not exists (
             select from ${table} as object
              where object.institution_id = answer.institution_id
                and object.livemode = answer.livemode
                and object.app_id = answer.app_id and object.id = answer.object_id)`,
    })),
    // The amount of a payment or refund never changes, so the answer must still tell it.
    ...OBJECTS.filter(({ prefix }) => prefix === 'pay' || prefix === 'ref').map(
      ({ prefix, table }) => ({
        name: `answered_${prefix}_amount_differs`,
        sql: `
          select answer.*, object.amount
            from (${answersWith(`${prefix}\\_`)}) as answer
            join ${table} as object
              on object.institution_id = answer.institution_id and object.livemode = answer.livemode
             and object.id = answer.object_id
           where answer.answered_amount <> object.amount::text`,
      }),
    ),
  ],
}
