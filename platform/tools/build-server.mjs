import { spawnSync } from 'node:child_process'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { transformFile } from '@swc/core'
import { swcOptions } from './swc.options.js'

const ROOT = resolve(import.meta.dirname, '../..')
const SOURCE = join(ROOT, 'platform/server/src')
const TARGET = join(ROOT, 'platform/server/dist')
const CLIENT = join(SOURCE, 'infra/database/generated/client.ts')

/** Brings platform/server/dist up to date with src: only what changed is compiled. */
export async function buildServer() {
  await generatePrismaClient()
  const sources = (await filesBelow(SOURCE)).filter((file) =>
    /(?<!\.d|\.spec|\.fixture|\.harness|\.conformance)\.ts$/.test(file),
  )
  const wanted = new Set(sources.map(targetOf))
  const built = (await filesBelow(TARGET)).filter((file) => file.endsWith('.js'))
  const stale = built.filter((file) => !wanted.has(file))
  await Promise.all(
    stale.flatMap((file) => [file, `${file}.map`].map((path) => rm(path, { force: true }))),
  )
  await Promise.all(sources.map(compile))
}

/** The client is generated without Prisma's downloaded engine: any executable satisfies its check. */
export async function generatePrismaClient() {
  const models = (await filesBelow(join(ROOT, 'prisma'))).filter((file) => file.endsWith('.prisma'))
  const newest = Math.max(...(await Promise.all(models.map(modifiedAt))))
  if ((await modifiedAt(CLIENT)) > newest) return
  const result = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/prisma/build/index.js'), 'generate', '--no-hints'],
    {
      cwd: join(ROOT, 'prisma'),
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
      },
      encoding: 'utf8',
    },
  )
  if (result.status !== 0)
    throw new Error(`prisma generate failed:\n${result.stdout}${result.stderr}`)
}

async function compile(file) {
  const target = targetOf(file)
  if ((await modifiedAt(target)) > (await modifiedAt(file))) return
  const { code, map } = await transformFile(file, { ...swcOptions, sourceMaps: true })
  await mkdir(dirname(target), { recursive: true })
  const mapName = `${target.slice(target.lastIndexOf('/') + 1)}.map`
  await writeWhole(`${target}.map`, map ?? '')
  await writeWhole(target, `${code}\n//# sourceMappingURL=${mapName}\n`)
}

/** A reader sees the old file or the new one, never half of it. */
async function writeWhole(path, text) {
  const draft = `${path}.${process.pid}.draft`
  await writeFile(draft, text)
  await rename(draft, path)
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function targetOf(file) {
  return file.replace(SOURCE, TARGET).replace(/\.ts$/, '.js')
}

/** Milliseconds since 1970, or 0 for a file that does not exist. */
function modifiedAt(file) {
  return stat(file).then(
    (found) => found.mtimeMs,
    () => 0,
  )
}

if (process.argv[1] === import.meta.filename) await buildServer()
