import type { Scenario } from './scenario.types.js'

const MINUTE_MS = 60_000
const BILLS = ['bills:write', 'payers:write'] as const
const COLLECT = [...BILLS, 'payments:write'] as const

/** Bills, and the checkouts that collect them. */
export const BILL_SCENARIOS = {
  'bill.created': { scopes: BILLS, play: (scene) => scene.bill() },
  'bill.updated': {
    scopes: BILLS,
    async play(scene) {
      const id = await scene.bill()
      const metadata = { ...scene.metadata, changed: 'yes' }
      await scene.services.bills.update(scene.caller, id, { metadata })
      return id
    },
  },
  'bill.paid': {
    scopes: COLLECT,
    async play(scene) {
      const bill = await scene.bill()
      await scene.paidPayment({ checkout: await scene.checkout({ bill }) })
      return bill
    },
  },
  'bill.partially_paid': {
    scopes: COLLECT,
    async play(scene) {
      const bill = await scene.bill({ isPartial: true })
      const amount = Math.max(1, Math.floor(scene.amount / 2))
      await scene.paidPayment({ checkout: await scene.checkout({ bill, amount }) })
      return bill
    },
  },
  'bill.voided': {
    scopes: BILLS,
    async play(scene) {
      const id = await scene.bill()
      await scene.services.bills.void(scene.caller, id)
      return id
    },
  },
  'bill.expired': {
    scopes: BILLS,
    async play(scene) {
      const id = await scene.ago(2 * MINUTE_MS, (then) =>
        scene.bill({ expires_at: new Date(then.getTime() + MINUTE_MS).toISOString() }),
      )
      await scene.catchUp()
      return id
    },
  },
  'checkout.completed': {
    scopes: ['payments:write'],
    async play(scene) {
      const checkout = await scene.checkout()
      await scene.paidPayment({ checkout })
      return checkout
    },
  },
  'checkout.expired': {
    scopes: ['payments:write'],
    async play(scene) {
      const id = await scene.ago(3 * MINUTE_MS, (then) =>
        scene.checkout({ expires_at: new Date(then.getTime() + 2 * MINUTE_MS).toISOString() }),
      )
      await scene.catchUp()
      return id
    },
  },
} as const satisfies Record<string, Scenario>
