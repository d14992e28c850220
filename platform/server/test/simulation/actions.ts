import { CreateBill } from '../../src/domains/bills/bill.schema.js'
import { BillService } from '../../src/domains/bills/bill.service.js'
import { CreateCheckout } from '../../src/domains/payments/checkout.schema.js'
import { CheckoutService } from '../../src/domains/payments/checkout.service.js'
import { CreatePayment } from '../../src/domains/payments/payment.schema.js'
import { PaymentService } from '../../src/domains/payments/payment.service.js'
import { PaymentChangeService } from '../../src/domains/payments/payment-change.service.js'
import { PaymentNotifyService } from '../../src/domains/payments/payment-notify.service.js'
import { PaymentStartService } from '../../src/domains/payments/payment-start.service.js'
import { CreateRefund } from '../../src/domains/refunds/refund.schema.js'
import { RefundService } from '../../src/domains/refunds/refund.service.js'
import { RefundApprovalService } from '../../src/domains/refunds/refund-approval.service.js'
import { RefundNotifyService } from '../../src/domains/refunds/refund-notify.service.js'
import type { Caller } from '../../src/infra/http/caller.js'
import type { PeriodicTask } from '../../src/infra/jobs/jobs.js'
import { PlatformError } from '../../src/kernel/errors.js'
import type { AppCalls } from './app-calls.js'
import type { SimulatedJobs } from './simulated-jobs.js'
import type { Letter } from './simulated-provider.js'
import type { World } from './world.js'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** What the outside world knows: ids it has heard of. Old ones fade, so that new things get attention. */
export interface Memory {
  readonly payer: string
  readonly feeItem: string
  readonly bills: string[]
  readonly checkouts: string[]
  readonly payments: string[]
  readonly refunds: string[]
}

const MEMORY_MAX = 40

export interface Action {
  readonly name: string
  readonly weight: number
  readonly run: () => Promise<void> | void
}

/** Everything that can happen next, and how often it does. */
export function actionsOf(
  world: World,
  calls: AppCalls,
  jobs: SimulatedJobs,
  periodic: readonly PeriodicTask[],
  memory: Memory,
): readonly Action[] {
  const { random, provider, clock, scheduler, app } = world
  const payments = app.get(PaymentService)
  const checkouts = app.get(CheckoutService)
  const bills = app.get(BillService)
  const refunds = app.get(RefundService)
  const approvals = app.get(RefundApprovalService)
  const starter = app.get(PaymentStartService)
  const changes = app.get(PaymentChangeService)
  let number = 0
  const next = (prefix: string) => {
    number += 1
    return `${prefix}-${number}`
  }
  const known = (list: string[]) => (list.length > 0 ? random.pick(list) : null)
  const remember = (list: string[], body: Record<string, unknown>) => {
    if (typeof body.id === 'string' && !list.includes(body.id)) list.push(body.id)
    if (list.length > MEMORY_MAX) list.shift()
  }
  /** Mostly one that is paid: apps look before they ask for money back. */
  const knownPaid = async () => {
    for (let look = 0; look < 4; look++) {
      const id = known(memory.payments)
      const payment = id === null ? null : await payments.findAny(world.caller, id)
      if (payment?.status === 'succeeded') return id
    }
    return known(memory.payments)
  }
  const someOrder = (state: string) => {
    const orders = [...provider.orders.values()].slice(-MEMORY_MAX)
    const fitting = orders.filter((order) => order.state === state)
    return fitting.length > 0 ? random.pick(fitting) : null
  }

  const deliver = (letter: Letter) => deliverLetter(world, letter)

  const createPayment = async (more: object) => {
    const amount = random.between(1, 50_000)
    const body = CreatePayment.parse({
      ...{ out_trade_no: next('trade'), amount, subject: '学费', ...more },
    })
    const work = (caller: Caller) => payments.create(caller, body)
    await calls.send('payments', work, (made) => remember(memory.payments, made))
  }

  return [
    { name: 'create a payment', weight: 6, run: () => createPayment({}) },
    { name: 'order a payment', weight: 12, run: () => createPayment({ channel: 'wechatpay' }) },
    {
      name: 'create a bill',
      weight: 5,
      run: () => {
        const { payer, feeItem: fee_item } = memory
        const amount = random.between(1, 9_999)
        const body = CreateBill.parse({ payer, fee_item, out_bill_no: next('bill'), amount })
        const work = calls.once((caller) => bills.create(caller, body))
        return calls.send('bills', work, (made) => remember(memory.bills, made))
      },
    },
    {
      name: 'bring bills together',
      weight: 4,
      run: async () => {
        const first = known(memory.bills)
        const second = known(memory.bills)
        if (!first || !second) return
        const items = [...new Set([first, second])].map((bill) => ({ bill }))
        const body = CreateCheckout.parse({ items })
        const work = calls.once((caller) => checkouts.create(caller, body))
        await calls.send('checkouts', work, (made) => remember(memory.checkouts, made))
      },
    },
    {
      name: 'collect a checkout',
      weight: 5,
      run: async () => {
        const checkout = known(memory.checkouts)
        if (!checkout) return
        const channel = random.chance(0.7) ? { channel: 'wechatpay' } : {}
        await createPayment({ checkout, amount: undefined, subject: undefined, ...channel })
      },
    },
    {
      name: 'choose at the cashier',
      weight: 8,
      run: async () => {
        const id = known(memory.payments)
        if (!id) return
        await inTask(world, 'cashier', async () => {
          const payment = await payments.findAny(world.caller, id)
          if (payment?.status !== 'created') return
          await starter.startAtCashier(payment, { channel: 'wechatpay', method: 'native' })
        })
      },
    },
    {
      name: 'pay in another way',
      weight: 8,
      run: async () => {
        const id = known(memory.payments)
        if (!id) return
        const method = random.pick(['native', 'h5'] as const)
        await inTask(world, 'change', async () => {
          const payment = await payments.findAny(world.caller, id)
          if (payment?.status !== 'pending') return
          const nobody = { ip: null, channel_user_id: null }
          await changes.change(payment, { channel: 'wechatpay', method }, nobody)
        })
      },
    },
    {
      name: 'pay',
      weight: 18,
      run: () => {
        const order = someOrder(random.chance(0.92) ? 'waiting' : 'closed')
        if (order) provider.pay(order)
      },
    },
    {
      name: 'refuse to pay',
      weight: 2,
      run: () => {
        const order = someOrder('waiting')
        if (order) provider.refuse(order)
      },
    },
    {
      name: 'deliver a notification',
      weight: 20,
      run: async () => {
        if (provider.letters.length === 0) return
        const letter = random.pick(provider.letters)
        const isKept = letter.mustArrive || random.chance(0.15)
        if (!isKept) provider.letters.splice(provider.letters.indexOf(letter), 1)
        if (isKept || random.chance(0.85)) await deliver(letter)
      },
    },
    {
      name: 'forge a notification',
      weight: 1,
      run: async () => {
        const [letter] = provider.letters
        if (letter) await deliver({ ...letter, body: next('forged') })
      },
    },
    {
      name: 'notify wrongly',
      weight: 1,
      run: () => {
        const order = someOrder('waiting')
        if (order) provider.writeWrongly(order)
      },
    },
    {
      name: 'close a payment',
      weight: 4,
      run: async () => {
        const id = known(memory.payments)
        const work = calls.once((caller) => payments.close(caller, id ?? ''))
        if (id) await calls.send('close', work)
      },
    },
    {
      name: 'refund',
      weight: 8,
      run: async () => {
        const payment = await knownPaid()
        if (!payment) return
        const amount = random.chance(0.4) ? undefined : random.between(1, 20_000)
        for (let twin = random.chance(0.3) ? 2 : 1; twin > 0; twin--) {
          const body = CreateRefund.parse({ payment, out_refund_no: next('back'), amount })
          const work = calls.once((caller) => refunds.create(caller, body))
          await calls.send('refunds', work, (made) => remember(memory.refunds, made))
        }
      },
    },
    {
      name: 'decide about a refund',
      weight: 4,
      run: async () => {
        const id = known(memory.refunds)
        if (!id) return
        const second = (caller: Caller) => ({ ...caller, key_id: 'key_second' })
        const work = calls.once((caller) =>
          random.chance(0.8)
            ? approvals.approve(second(caller), id)
            : approvals.reject(second(caller), id, '资料不全'),
        )
        await calls.send('decision', work)
      },
    },
    {
      name: 'pay a refund out',
      weight: 8,
      run: () => {
        const open = [...provider.refunds.values()].filter(({ state }) => state === 'processing')
        if (open.length > 0) provider.settleRefund(random.pick(open), true)
      },
    },
    {
      name: 'run a job',
      weight: 20,
      run: async () => {
        await jobs.freeDead()
        const due = await jobs.due()
        if (due.length > 0) await jobs.start(random.pick(due))
      },
    },
    {
      name: 'run a periodic task',
      weight: 4,
      run: async () => {
        const task = random.pick(periodic)
        await inTask(world, task.name, () => task.run())
      },
    },
    {
      name: 'let time pass',
      weight: 8,
      run: () => {
        const isLong = random.chance(0.04)
        clock.advance(isLong ? random.between(5, 40) * MINUTE : random.between(1, 20) * SECOND)
      },
    },
    {
      name: 'kill a process',
      weight: 3,
      run: () => {
        const alive = scheduler.alive.filter(
          ({ state }) => state === 'ready' || state === 'blocked',
        )
        if (alive.length > 0) scheduler.kill(random.pick(alive))
      },
    },
    {
      name: 'ask again',
      weight: 8,
      run: async () => {
        calls.noticeDeaths()
        await calls.retry()
      },
    },
    {
      name: 'break or mend the line',
      weight: 1,
      run: () => {
        provider.isDown = !provider.isDown && random.chance(0.4)
      },
    },
  ]
}

/** The provider tells us something, and, where that matters, goes on until we have said yes. */
export function deliverLetter(world: World, letter: Letter): Promise<void> {
  const isPayment = letter.what === 'payments'
  const receiver = world.app.get<PaymentNotifyService | RefundNotifyService>(
    isPayment ? PaymentNotifyService : RefundNotifyService,
  )
  const raw = { headers: {}, body: Buffer.from(letter.body) }
  return inTask(world, `notification ${letter.what}`, async () => {
    const answer = await receiver.receive('wechatpay', letter.account_id, raw)
    const { letters } = world.provider
    const at = letters.indexOf(letter)
    if (letter.mustArrive && answer.status < 300 && at >= 0) letters.splice(at, 1)
  })
}

/** What is not an app's call: refusals are fine, anything else is a bug. */
export async function inTask(
  world: World,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await world.scheduler.start(name, async () => {
    try {
      await work()
    } catch (error) {
      if (error instanceof PlatformError && error.spec.status < 500) return
      world.complaints.push({ text: `${name} failed`, error })
    }
  })
}
