import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** A wrong command line: the message says what to do, and nothing was done. */
export class UsageError extends Error {}

/** Reads options strictly: an unknown one is an error, not silence. */
export function readOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`--${option} is required`)
  return value
}

/** "a,b" → ["a", "b"]; undefined stays undefined. */
export function listOption(value: string | undefined): string[] | undefined {
  return value
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
