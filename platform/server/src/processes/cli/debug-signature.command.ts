import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readPlatformFile } from '../platform-file.js'
import { ROOT } from '../role.js'
import { UsageError } from './arguments.js'

/** Unlike the other commands it needs no database, and works on a platform anywhere. */
export const DEBUG_SIGNATURE = {
  name: 'debug-signature',
  help: 'say why the signature of a request is refused: debug-signature < request.http',
} as const

/**
 * Hands over to the SDK's command line, which is what people have who have no copy of this repository.
 * Only the platform that runs here is known better. Resolves to the exit code.
 */
export async function debugSignature(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  dataDir: string,
): Promise<number> {
  const program = join(ROOT, 'sdk/dist/bursar.js')
  if (!existsSync(program)) {
    throw new UsageError(`${program} is missing; build it with: npm run build`)
  }
  const running = environment.BURSAR_API_BASE ? null : await readPlatformFile(dataDir)
  const apiBase = running ? ['--api-base', running.api_base] : []
  const child = spawn(process.execPath, [program, DEBUG_SIGNATURE.name, ...apiBase, ...args], {
    stdio: 'inherit',
    env: environment,
  })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 2
}
