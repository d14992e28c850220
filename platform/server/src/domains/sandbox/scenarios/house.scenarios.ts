import { assert } from '../../../kernel/assert.js'
import type { Scenario } from './scenario.types.js'
import type { Scene } from './scene.js'

const HOUR_MS = 3_600_000
const ACCOUNTS = ['channel_accounts:read', 'channel_accounts:write'] as const
const LEDGER = ['ledger:write', 'payments:write'] as const
/** So many calls in a row without an answer, and the account is left alone (fault-window.ts). */
const FAULTS_TO_TRIP = 5

/** An account of the department at the simulator. It is disabled, so no order ever goes there. */
async function unhealthyAccount(scene: Scene) {
  const { sandboxAccounts, health } = scene.services
  const account = await sandboxAccounts.openDisabled(scene.caller, 'wechatpay')
  for (let call = 0; call < FAULTS_TO_TRIP; call++) {
    await health.report(account, 'order', 'The request failed: ETIMEDOUT.')
  }
  return account
}

/** A paid payment whose posting somebody asks to take back. */
async function correction(scene: Scene): Promise<string> {
  const { corrections, books } = scene.services
  const payment = await scene.paidPayment()
  const { data } = await books.transactions(scene.caller, { limit: 1, source: payment })
  assert(data[0], 'a payment that succeeded is in the books')
  const transaction = data[0].id
  const { body } = await corrections.create(scene.caller, {
    ...{ transaction, kind: 'reversal', reason: scene.title, metadata: scene.metadata },
  })
  return body.id
}

/** Keys, channel accounts and the books. */
export const HOUSE_SCENARIOS = {
  'key.expiring': {
    scopes: ['keys:write'],
    async play(scene) {
      const { body } = await scene.services.keys.create(scene.caller, {
        public_key: scene.publicKey(),
        ...{ name: scene.title, scopes: [], metadata: scene.metadata },
        not_after: new Date(Date.now() + HOUR_MS).toISOString(),
      })
      return body.id
    },
  },
  'channel_account.unhealthy': {
    scopes: ACCOUNTS,
    play: async (scene) => (await unhealthyAccount(scene)).id,
  },
  'channel_account.recovered': {
    scopes: ACCOUNTS,
    async play(scene) {
      const account = await unhealthyAccount(scene)
      await scene.services.health.report(account, 'order', null)
      return account.id
    },
  },
  'ledger_correction.created': { scopes: LEDGER, play: correction },
  'ledger_correction.posted': {
    scopes: LEDGER,
    async play(scene) {
      const id = await correction(scene)
      await scene.services.corrections.approve(scene.secondPerson, id)
      return id
    },
  },
  'ledger_correction.rejected': {
    scopes: LEDGER,
    async play(scene) {
      const id = await correction(scene)
      await scene.services.corrections.reject(scene.secondPerson, id)
      return id
    },
  },
} as const satisfies Record<string, Scenario>
