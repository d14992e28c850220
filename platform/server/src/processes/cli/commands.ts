import type { Config } from '../../infra/config/config.js'
import type { PlatformFile } from '../platform-file.js'
import { identityCommands } from './identity.commands.js'
import { keyCommands } from './key.commands.js'
import { payerAccessCommands } from './payer-access.commands.js'
import { platformKeyCommands } from './platform-key.commands.js'
import { requestCommands } from './request.commands.js'
import { sandboxCommands } from './sandbox.commands.js'

/** One command of `bursar`: what it is called, what it does, and the line of help. */
export interface Command {
  readonly name: string
  readonly help: string
  run(args: readonly string[], target: CommandTarget): Promise<void>
}

/** The platform a command works on. */
export interface CommandTarget {
  readonly config: Config
  readonly platform: PlatformFile
}

export const COMMANDS: readonly Command[] = [
  ...sandboxCommands,
  ...identityCommands,
  ...keyCommands,
  ...payerAccessCommands,
  ...platformKeyCommands,
  ...requestCommands,
]
