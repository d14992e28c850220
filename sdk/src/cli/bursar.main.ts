#!/usr/bin/env node
import { readArguments, USAGE, UsageError } from './arguments.js'
import { diagnose } from './diagnosis.js'
import { readHttpMessage, UnusableMessage } from './http-message.js'
import { report } from './report.js'

/** The command's exit code. */
async function run(): Promise<number> {
  const { apiBase, isHelp, isJson } = readArguments(process.argv.slice(2), process.env)
  if (isHelp) {
    console.log(USAGE)
    return 0
  }
  if (process.stdin.isTTY) throw new UsageError(USAGE)
  const message = readHttpMessage(await readInput())
  const diagnosis = await diagnose(apiBase, message)
  if (isJson) console.log(JSON.stringify({ ...diagnosis, notes: message.notes }, null, 2))
  else process.stdout.write(report(diagnosis, message.notes))
  return diagnosis.valid ? 0 : 1
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

try {
  process.exitCode = await run()
} catch (error) {
  const isPlain = error instanceof UsageError || error instanceof UnusableMessage
  console.error(isPlain ? error.message : error)
  process.exitCode = 2
}
