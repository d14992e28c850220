import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** How the command line finds the platform that runs on this machine. */
const PlatformFile = z.object({
  pid: z.number().int(),
  database_url: z.string(),
  api_base: z.string(),
  simulator_base: z.string(),
})
export type PlatformFile = z.infer<typeof PlatformFile>

const pathOf = (dataDir: string) => join(dataDir, 'platform.json')

/** Readable by its owner alone: it holds the database's password. */
export async function writePlatformFile(dataDir: string, content: PlatformFile): Promise<void> {
  const draft = `${pathOf(dataDir)}.draft`
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 })
  await rename(draft, pathOf(dataDir))
}

/** Null when no platform has been started here. */
export async function readPlatformFile(dataDir: string): Promise<PlatformFile | null> {
  const text = await readFile(pathOf(dataDir), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return PlatformFile.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export async function removePlatformFile(dataDir: string): Promise<void> {
  await rm(pathOf(dataDir), { force: true })
}
