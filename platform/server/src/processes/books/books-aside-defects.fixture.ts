import { IDS } from './books.fixture.js'
import { altered, type Defect } from './books-defect.fixture.js'

const GONE = 'rst_01jd0000000000000000000000'

/** What a reset of a sandbox may not do, done by hand: the books of the fixture are live ones. */
export const ASIDE_DEFECTS: readonly Defect[] = [
  ...(
    [
      ['payments', IDS.closed],
      ['bills', IDS.bills[1]],
    ] as const
  ).map(([table, id]) => ({
    title: `I6: one of the live ${table} set aside`,
    found: [`I6 ${table}_set_aside_wrongly`],
    plant: altered(table, `update ${table} set app_id = '${GONE}' where id = '${id}'`),
  })),
  {
    title: 'I6: the checkouts of an app set aside without a trace of the reset',
    found: ['I3 answered_chk_missing', 'I6 checkouts_set_aside_wrongly'],
    plant: altered('checkouts', `update checkouts set app_id = '${GONE}'`),
  },
  {
    title: 'I6: a refund set aside without its payment',
    found: ['I6 refunds_set_aside_wrongly', 'I6 refund_apart_from_its_payment'],
    plant: altered(
      'refunds',
      `update refunds set app_id = '${GONE}' where id = '${IDS.refundUnderWay}'`,
    ),
  },
  {
    title: 'I6: the trigger payments_keep_app switched off',
    found: ['I6 trigger_missing_or_disabled'],
    plant: ['alter table payments disable trigger payments_keep_app'],
  },
]
