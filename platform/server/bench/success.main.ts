import { parseArgs } from 'node:util'
import type { ChannelAccount } from '../src/domains/channels/channel.port.js'
import { PaymentAttemptRepository } from '../src/domains/payments/payment-attempt.repository.js'
import { PaymentRecordService } from '../src/domains/payments/payment-record.service.js'
import { newId } from '../src/kernel/id.js'
import { recordByHand } from './success.floor.js'
import { Duel } from './support/duel.js'
import { Orders } from './support/orders.js'
import { BenchPlatform } from './support/platform.js'
import { machineText } from './support/report.js'
import { wholeNumber } from './support/whole-number.js'

/**
 * `npm run bench -- success`: from a notification that was verified to the payment that succeeded, booked and told
 * of. Both sides are called in this process; reading the order and the three writes are measured, the provider's
 * signature is not.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '64' },
  },
})
const options = {
  rounds: wholeNumber('--rounds', values.rounds, 100),
  seconds: wholeNumber('--seconds', values.seconds, 60),
  clients: wholeNumber('--clients', values.clients, 5_000),
}

const platform = await BenchPlatform.start()
process.once('SIGINT', () => void platform.stop().finally(() => process.exit(130)))
try {
  await platform.requireDurability()
  const { app_id } = await platform.createApp()
  await platform.withServices(async (context, database) => {
    const record = context.get(PaymentRecordService)
    const attempts = context.get(PaymentAttemptRepository)
    const orders = await Orders.of(platform.pool, app_id, newId('cha'))
    const account: ChannelAccount = {
      ...orders.tenant,
      id: orders.accountId,
      channel: 'wechatpay',
      merchant_id: '1900',
      settings: {},
    }
    const ours = async () => {
      const paid = orders.next()
      const attempt = await attempts.findByOrderNo(orders.tenant, paid.order_no)
      if (!attempt) throw new Error('the order is there')
      const result = await record.paid(attempt, account, paid)
      if (result !== 'recorded') throw new Error(`it was ${result}`)
    }
    const floor = () => recordByHand(database.pool, orders.tenant, orders.next())
    const prepare = (count: number) => orders.make(count)
    const duel = new Duel(`payment success, ${options.clients} clients`, platform, [
      { name: 'ours', prepare, act: ours },
      { name: 'by hand', prepare, act: floor },
    ])
    const { lines } = await duel.run(options)
    await platform.checkBooks()
    console.log(`\n${machineText()}`)
    console.log(
      `${options.rounds} rounds of ${options.seconds} s per side, in turn. Median [min–max].\n`,
    )
    console.log(Duel.table(lines))
  })
} finally {
  await platform.stop()
}
