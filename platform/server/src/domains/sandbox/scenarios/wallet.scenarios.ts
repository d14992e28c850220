import type { Scenario } from './scenario.types.js'

const WALLETS = ['wallets:write', 'payers:write'] as const
const MONEY = [...WALLETS, 'payments:write'] as const
const REFUNDS = [...MONEY, 'refunds:write'] as const

/** What moves a wallet is told by the movement, whose id only the event knows. */
export const WALLET_SCENARIOS = {
  'wallet.opened': { scopes: WALLETS, play: (scene) => scene.wallet() },
  'wallet.topped_up': {
    scopes: MONEY,
    async play(scene) {
      await scene.topUp(await scene.wallet())
      return null
    },
  },
  'wallet.top_up_refunding': {
    scopes: REFUNDS,
    async play(scene) {
      await scene.refund(await scene.topUp(await scene.wallet()))
      return null
    },
  },
  'wallet.top_up_refunded': {
    scopes: REFUNDS,
    async play(scene) {
      await scene.refund(await scene.topUp(await scene.wallet()))
      return null
    },
  },
  'wallet.charged': {
    scopes: MONEY,
    async play(scene) {
      const wallet = await scene.wallet()
      await scene.topUp(wallet)
      await scene.charge(wallet)
      return null
    },
  },
  'wallet.refunded': {
    scopes: REFUNDS,
    async play(scene) {
      const wallet = await scene.wallet()
      await scene.topUp(wallet)
      await scene.refund(await scene.charge(wallet))
      return null
    },
  },
  'wallet.frozen': {
    scopes: WALLETS,
    async play(scene) {
      const id = await scene.wallet()
      await scene.services.wallets.freeze(scene.caller, id, { reason: scene.title })
      return id
    },
  },
  'wallet.unfrozen': {
    scopes: WALLETS,
    async play(scene) {
      const id = await scene.wallet()
      await scene.services.wallets.freeze(scene.caller, id, {})
      await scene.services.wallets.unfreeze(scene.caller, id)
      return id
    },
  },
  'wallet.closed': {
    scopes: WALLETS,
    async play(scene) {
      const id = await scene.wallet()
      await scene.services.wallets.close(scene.caller, id)
      return id
    },
  },
} as const satisfies Record<string, Scenario>
