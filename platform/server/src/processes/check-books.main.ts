import { checkBooks } from './books/books-check.js'
import { onBooks } from './books/books-database.js'
import { reportJson, resultText, summaryText } from './books/books-report.js'
import { readOptions } from './cli/arguments.js'
import { ROOT } from './role.js'

/**
 * `npm run check:books [-- --json]`: verifies the invariants I1–I6 on a database, without changing or
 * locking anything. Exit code 0: in order. 1: problems, which are printed. 2: could not be checked.
 */
await onBooks(process.env, ROOT, async (database) => {
  const { values } = readOptions(process.argv.slice(2), { json: { type: 'boolean' } })
  const isJson = values.json ?? false
  const report = await checkBooks(database, (result) => {
    if (!isJson) console.log(resultText(result))
  })
  console.log(isJson ? reportJson(report) : summaryText(report))
  return report.ok ? 0 : 1
})
