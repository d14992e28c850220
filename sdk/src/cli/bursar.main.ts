#!/usr/bin/env node
import { runCommand } from './run-command.js'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

process.exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  workingDirectory: process.cwd(),
  print: (line) => console.log(line),
  note: (line) => console.error(line),
  signal: stop.signal,
})
