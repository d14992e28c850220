import { command } from './command.js'
import { StepError, until } from './step.js'

/** The department's part of the ledger, from its hledger journal: account → balance, as printed there. */
export async function balancesOf(departmentId) {
  const journal = await until('the ledger to be exported', () => command('ledger-export'))
  const [, ...closing] = journal.split('Balances as the platform sums them')
  return closing
    .join('')
    .split('\n')
    .filter((line) => line.includes(departmentId))
    .map((line) => /^\s+(\S+)\s.*=\s*(.+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, account, balance]) => ({ account: account.split(':').slice(3).join(' : '), balance }))
}

/** `npm run check:books`: every invariant of money, on the whole database. */
export async function checkBooks() {
  const report = await until('the books to be checked', async () =>
    JSON.parse(await command('check-books', '--json')),
  )
  if (!report.ok) throw new StepError(`The books are not in order: npm run check:books says why.`)
  return report
}
