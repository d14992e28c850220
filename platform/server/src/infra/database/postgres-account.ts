import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A program as PostgreSQL's account starts it. */
export interface Invocation {
  readonly program: string
  readonly args: readonly string[]
  readonly options: { readonly cwd: string; readonly uid?: number; readonly gid?: number }
}

/**
 * Under which account PostgreSQL runs: our own, or, as PostgreSQL refuses to run as root, that of the
 * data's owner or of the user "postgres".
 */
export class PostgresAccount {
  private constructor(
    /** Absent when it is our own account. */
    readonly owner: { readonly uid: number; readonly gid: number } | null,
    private readonly mayReadAll: boolean,
  ) {}

  /** Throws when that account cannot reach these folders, whatever we try. */
  static async find(clusterDir: string, folders: readonly string[]): Promise<PostgresAccount> {
    if (process.getuid?.() !== 0) return new PostgresAccount(null, false)
    const owner = (await ownerOf(clusterDir)) ?? (await postgresUser())
    for (const mayReadAll of [false, true]) {
      const account = new PostgresAccount(owner, mayReadAll)
      if (await account.canReach(folders)) return account
    }
    throw new Error(
      `PostgreSQL cannot run as root, and the user it runs as cannot read ${folders.join(' or ')}. ` +
        'Clone into a folder that others may enter (such as /srv), run as another user, or set ' +
        'DATABASE_URL.',
    )
  }

  invoke(program: string, args: readonly string[]): Invocation {
    // Not our own working folder: the account may be unable to enter that one.
    const options = { cwd: '/' }
    if (this.owner === null) return { program, args, options }
    const { uid, gid } = this.owner
    if (!this.mayReadAll) return { program, args, options: { ...options, uid, gid } }
    // The least that opens the way through a closed folder such as /root: reading, never writing.
    // Without no_setuid_fixup, access(2), by which PostgreSQL checks its own files, ignores the right.
    const lend = [
      ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
      ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
      '--securebits=+no_setuid_fixup',
    ]
    return { program: 'setpriv', args: [...lend, program, ...args], options }
  }

  private async canReach(folders: readonly string[]): Promise<boolean> {
    const tries = folders.map((folder) => {
      const { program, args, options } = this.invoke('test', ['-x', join(folder, '.')])
      return run(program, [...args], options)
    })
    return Promise.all(tries).then(
      () => true,
      () => false,
    )
  }
}

/** Who owns the data that is there: only they can serve it. */
async function ownerOf(clusterDir: string): Promise<PostgresAccount['owner']> {
  const found = await stat(join(clusterDir, 'PG_VERSION')).catch(() => null)
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null
}

/** Made when missing. */
async function postgresUser(): Promise<PostgresAccount['owner']> {
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  try {
    await run('id', ['postgres'])
  } catch {
    await run('groupadd', ['--force', 'postgres'])
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'])
  }
  return { uid: await idOf('-u'), gid: await idOf('-g') }
}
