import type { SandboxAccount } from './sandbox-account.types.js'

/** How an account of a channel of the house comes about: nobody has to be asked. */
export const campusCardAccount: SandboxAccount = {
  name: '校园卡 Campus card',
  isInHouse: true,
  async open() {
    // 1,000 yuan at a time and 2,000 a day, so that limits can be met in test mode.
    return {
      merchant_id: 'campus-card',
      settings: { limit_per_payment: 100_000, limit_per_day: 200_000 },
    }
  },
}

export const cashAccount: SandboxAccount = {
  name: '收费大厅 Counter',
  isInHouse: true,
  async open() {
    return { merchant_id: 'counter', settings: {} }
  },
}
