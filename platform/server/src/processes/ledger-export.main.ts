import { LedgerJournalService } from '../domains/ledger/ledger-journal.service.js'
import { onBooks } from './books/books-database.js'
import { toFile, toStandardOutput } from './books/books-output.js'
import { readOptions } from './cli/arguments.js'
import { ROOT } from './role.js'

/**
 * `npm run ledger:export [-- --output books.journal]`: writes the ledger as an hledger journal. What it
 * did goes to the error output, so the journal itself may go into a pipe.
 */
await onBooks(process.env, ROOT, async (database) => {
  const { values } = readOptions(process.argv.slice(2), { output: { type: 'string' } })
  const journals = LedgerJournalService.on(database)
  const summary = values.output
    ? await toFile(values.output, (write) => journals.export(write))
    : await toStandardOutput((write) => journals.export(write))
  console.error(
    `${summary.transactions} transactions on ${summary.accounts} accounts written` +
      `${values.output ? ` to ${values.output}` : ''}. Check it with: hledger check --strict -f FILE`,
  )
  return 0
})
