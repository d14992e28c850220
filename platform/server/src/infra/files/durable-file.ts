import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a small file that must never be found half-written or lost, such as a key: readable by its
 * owner alone, on the disk before its name appears.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  const draftFolder = await mkdtemp(join(folder, '.draft-'))
  try {
    const draft = join(draftFolder, basename(path))
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
    await syncFolder(folder)
  } finally {
    await rm(draftFolder, { recursive: true, force: true })
  }
}

/** The new name is on the disk as well; not every system can be asked for that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => {})
  await handle?.close()
}
