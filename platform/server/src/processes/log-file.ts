import { copyFile, readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'

const BYTES_MAX = 50_000_000

/** Keeps a platform's logs from filling the disk: of each, the newest part and the one before it. */
export async function trimLogs(logDir: string, bytesMax = BYTES_MAX): Promise<void> {
  const names = (await readdir(logDir)).filter((name) => name.endsWith('.log'))
  for (const path of names.map((name) => join(logDir, name))) {
    const found = await stat(path).catch(() => null)
    if (!found || found.size <= bytesMax) continue
    // Its writers hold it open and append: it is emptied in place, and they go on.
    await copyFile(path, `${path}.1`)
    await truncate(path)
  }
}
