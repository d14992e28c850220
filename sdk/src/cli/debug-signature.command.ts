import { readArguments, USAGE } from './arguments.js'
import { type Command, UsageError } from './command.types.js'
import { diagnose } from './diagnosis.js'
import { readHttpMessage, UnusableMessage } from './http-message.js'
import { report } from './report.js'

export const DEBUG_SIGNATURE_COMMAND: Command = {
  name: 'debug-signature',
  summary: 'ask why the signature of a request is refused',
  usage: USAGE,
  async run(args, { environment }) {
    const { apiBase, isJson } = readArguments(['debug-signature', ...args], environment)
    if (process.stdin.isTTY) throw new UsageError(USAGE)
    try {
      const message = readHttpMessage(await readInput())
      const diagnosis = await diagnose(apiBase, message)
      if (isJson) console.log(JSON.stringify({ ...diagnosis, notes: message.notes }, null, 2))
      else process.stdout.write(report(diagnosis, message.notes))
      return diagnosis.valid ? 0 : 1
    } catch (error) {
      if (error instanceof UnusableMessage) throw new UsageError(error.message)
      throw error
    }
  },
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
