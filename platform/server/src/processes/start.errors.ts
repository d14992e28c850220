import { ConfigError } from '../infra/config/config.js'
import { PostgresStartError } from '../infra/database/postgres-binaries.js'
import { systemCode } from '../infra/files/system-error.js'

/** Why a platform does not start. Its message is for a person; its stack is of no use to anybody. */
export class StartError extends Error {}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'is not allowed',
  EPERM: 'is not allowed',
  EROFS: 'is not possible: the file system is read-only',
  ENOSPC: 'is not possible: the disk is full',
  EDQUOT: 'is not possible: your quota is used up',
  ENOTDIR: 'is not possible: a file is where a folder should be',
  EEXIST: 'is not possible: a file is where a folder should be',
}

/** What a person can act on, or null for a fault of ours, which needs its stack. */
export function plainMessage(error: unknown): string | null {
  if (
    error instanceof StartError ||
    error instanceof ConfigError ||
    error instanceof PostgresStartError
  ) {
    return error.message
  }
  const problem = FILE_PROBLEMS[systemCode(error) ?? '']
  if (!problem || !(error instanceof Error && 'path' in error)) return null
  return `Writing ${error.path} ${problem}. Choose another folder with DATA_DIR, or put this one right.`
}
