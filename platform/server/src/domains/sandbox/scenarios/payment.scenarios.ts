import type { Scenario } from './scenario.types.js'
import type { Scene } from './scene.js'

const PAYMENTS = ['payments:write'] as const
const REFUNDS = [...PAYMENTS, 'refunds:write'] as const

/** Amounts that bring a fault along (simulators/simulator-faults.ts). */
const MAGIC = {
  timeout_after_acceptance: 900_010,
  order_refused: 900_012,
} as const

const pending = (scene: Scene) => scene.payment({ channel: 'wechatpay' })

/** Payments and refunds, with a payer who is played and a channel that is simulated. */
export const PAYMENT_SCENARIOS = {
  'payment.created': { scopes: PAYMENTS, play: (scene) => scene.payment() },
  'payment.pending': { scopes: PAYMENTS, play: pending },
  'payment.processing': {
    scopes: PAYMENTS,
    play: (scene) =>
      scene.payment({ channel: 'wechatpay', amount: MAGIC.timeout_after_acceptance }),
  },
  'payment.succeeded': { scopes: PAYMENTS, play: (scene) => scene.paidPayment() },
  'payment.failed': {
    scopes: PAYMENTS,
    play: (scene) => scene.payment({ channel: 'wechatpay', amount: MAGIC.order_refused }),
  },
  'payment.closed': {
    scopes: PAYMENTS,
    async play(scene) {
      const id = await scene.payment()
      await scene.services.payments.close(scene.caller, id)
      return id
    },
  },
  'payment.late_success': {
    scopes: PAYMENTS,
    async play(scene) {
      const id = await pending(scene)
      await scene.services.payments.close(scene.caller, id)
      const play = { action: 'pay', notify: 'normal' } as const
      await scene.services.simulation.play(scene.caller, id, play)
      return id
    },
  },
  'payment.channel_changed': {
    scopes: PAYMENTS,
    async play(scene) {
      const id = await pending(scene)
      await scene.services.payments.changeChannel(scene.caller, id, { channel: 'alipay' })
      return id
    },
  },
  'refund.created': {
    scopes: REFUNDS,
    play: async (scene) => scene.refund(await scene.paidPayment()),
  },
  'refund.succeeded': {
    scopes: REFUNDS,
    play: async (scene) => scene.refund(await scene.paidPayment()),
  },
  'refund.failed': {
    scopes: [...REFUNDS, 'wallets:write', 'payers:write'],
    // The channels take every refund, at most they leave it open; a card that is closed refuses it.
    async play(scene) {
      const wallet = await scene.wallet()
      await scene.topUp(wallet)
      const payment = await scene.charge(wallet)
      await scene.services.wallets.close(scene.caller, wallet)
      return scene.refund(payment)
    },
  },
  'refund.rejected': {
    scopes: [...REFUNDS, 'refunds:approve', 'departments:write'],
    async play(scene) {
      const { departments, approvals } = scene.services
      const { caller } = scene
      const payment = await scene.paidPayment()
      const before = await departments.get(caller, caller.department_id)
      // Every refund needs a second person, for as long as it takes to ask for one.
      const ask = { refund_approval_threshold: 0 }
      await departments.update(caller, caller.department_id, ask)
      try {
        const id = await scene.refund(payment)
        await approvals.reject(scene.secondPerson, id, scene.title)
        return id
      } finally {
        const { refund_approval_threshold } = before
        await departments.update(caller, caller.department_id, { refund_approval_threshold })
      }
    },
  },
} as const satisfies Record<string, Scenario>
