import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { channelClearing, departmentPayable } from '../src/domains/ledger/ledger.accounts.js'
import { LedgerRepository } from '../src/domains/ledger/ledger.repository.js'
import { LedgerService } from '../src/domains/ledger/ledger.service.js'
import type { LedgerAccount, LedgerPosting } from '../src/domains/ledger/ledger.types.js'
import { Database } from '../src/infra/database/database.js'
import { newId } from '../src/kernel/id.js'
import { FloorLedger } from './ledger.floor.js'
import { LedgerWriter } from './ledger.writer.js'
import { Duel } from './support/duel.js'
import { BenchPlatform } from './support/platform.js'
import { machineText } from './support/report.js'
import { wholeNumber } from './support/whole-number.js'

/** `npm run bench -- ledger`: transfers between 50 accounts and between 10 busy ones, against bare SQL. */
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
const database = new Database(platform.databaseUrl)
process.once('SIGINT', () => void platform.stop().finally(() => process.exit(130)))
try {
  await platform.requireDurability()
  const ledger = new LedgerService(new LedgerRepository(database))
  const tenant = { institution_id: newId('inst'), livemode: true }
  const floor = await FloorLedger.create(database.pool)
  const rates: number[] = []
  const reports: string[] = []
  for (const count of [50, 10]) {
    const accounts = accountsOf(count)
    const writer = new LedgerWriter(database, ledger)
    await floor.addAccounts(accounts.map(({ code }) => code))
    const before = await countOf('ledger_transactions')
    const duel = new Duel(`${count} accounts, ${options.clients} clients`, platform, [
      { name: 'ours', act: () => writer.post(transferOf(accounts)) },
      { name: 'bare SQL', act: () => floor.transfer(...pairOf(accounts), amountOf()) },
    ])
    const result = await duel.run(options)
    await verify(before + result.ours.reduce((sum, round) => sum + round.done, 0))
    rates.push(result.median)
    reports.push(...result.lines)
  }
  const [spread = 0, hot = 0] = rates
  console.log(`\n${machineText()}`)
  console.log(
    `${options.rounds} rounds of ${options.seconds} s per side, in turn. Median [min–max].\n`,
  )
  console.log(Duel.table(reports))
  console.log(`\nours, 10 accounts as a part of ours, 50 accounts: ${(hot / spread).toFixed(2)}`)

  async function countOf(table: string): Promise<number> {
    const [row] = await database.query<{ count: bigint }>(`select count(*) as count from ${table}`)
    return Number(row?.count)
  }

  /** Every transfer that was acknowledged is there, and every balance is the sum of its entries. */
  async function verify(transactions: number): Promise<void> {
    const found = await countOf('ledger_transactions')
    if (found !== transactions) throw new Error(`${transactions} acknowledged, ${found} booked`)
    const balances = await ledger.balances(tenant)
    const net = balances.reduce((sum, row) => sum + row.debits - row.credits, 0n)
    if (net !== 0n) throw new Error(`the ledger is out of balance by ${net}`)
    await floor.verify()
  }

  function transferOf(accounts: readonly LedgerAccount[]): LedgerPosting {
    const [from, to] = pairOf(accounts)
    const amount = BigInt(amountOf())
    return {
      ...tenant,
      kind: 'payment',
      source_id: newId('pay'),
      description: 'Benchmark',
      currency: 'CNY',
      posted_at: new Date(),
      time_zone: 'Asia/Shanghai',
      entries: [
        { account: { code: to, type: typeOf(to) }, direction: 'debit', amount },
        { account: { code: from, type: typeOf(from) }, direction: 'credit', amount },
      ],
    }
  }
} finally {
  await database.close()
  await platform.stop()
}

function typeOf(code: string): LedgerAccount['type'] {
  return code.startsWith('channel_clearing') ? 'asset' : 'liability'
}

function accountsOf(count: number): LedgerAccount[] {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? channelClearing(newId('cha')) : departmentPayable(newId('dept')),
  )
}

function pairOf(accounts: readonly LedgerAccount[]): [from: string, to: string] {
  const from = randomInt(accounts.length)
  const to = (from + 1 + randomInt(accounts.length - 1)) % accounts.length
  return [accounts[from]?.code ?? '', accounts[to]?.code ?? '']
}

function amountOf(): number {
  return 1 + randomInt(1_000_000)
}
