import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '../infra/files/durable-file.js'
import { systemCode } from '../infra/files/system-error.js'
import { StartError } from './start.errors.js'

/** The key of a platform that was given none: made once, readable by its owner alone. */
export async function readOrMakeMasterKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'master.key')
  const known = await readIfThere(path)
  if (known === null) {
    const key = randomBytes(32).toString('base64')
    // What it encrypts is on the disk before long; it must be there first.
    await writeDurably(path, `${key}\n`)
    return key
  }
  const key = known.trim()
  if (/^[A-Za-z0-9+/]{43}=$/.test(key)) return key
  throw new StartError(
    `${path} does not hold a master key (32 bytes in base64). Put the right file back: without it ` +
      'every secret in the database is lost.',
  )
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}
