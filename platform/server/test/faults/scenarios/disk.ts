import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../support/until.js'
import type { Scenario } from '../scenario.types.js'

const DISK_MB = 400
const FULL_MS = 12_000
const CHUNK = Buffer.alloc(256 * 1024)

export const disk: readonly Scenario[] = [
  {
    name: 'disk-full',
    does:
      `the database's disk (a mount of ${DISK_MB} MB) is filled to the last byte ` +
      `for ${FULL_MS / 1000} s, then there is room again`,
    backWithinMs: 60_000,
    missing: () => mountProblem(),
    async prepare() {
      const dataDir = await mkdtemp(join(tmpdir(), 'openbursar-disk-'))
      mount(dataDir)
      return {
        settings: { dataDir },
        async dispose() {
          execFileSync('umount', [dataDir])
          await rm(dataDir, { recursive: true })
        },
      }
    },
    async strike({ platform, recovered, load, note }) {
      const path = join(platform.databaseDir, 'ballast')
      const ballast = await open(path, 'w')
      const answeredBefore = load.memory.acknowledged.length
      const deadline = Date.now() + FULL_MS
      let bytes = 0
      try {
        // What a dying server frees is taken at once.
        while (Date.now() < deadline) {
          const written = await ballast.write(CHUNK).then(
            ({ bytesWritten }) => bytesWritten,
            () => 0,
          )
          bytes += written
          if (written === 0) await pause(50)
        }
      } finally {
        await ballast.close()
        await rm(path)
      }
      const answered = load.memory.acknowledged.length - answeredBefore
      note(`${Math.round(bytes / 2 ** 20)} MB of ballast; ${answered} calls succeeded meanwhile`)
      const log = (await platform.logs()).get('postgres.log') ?? ''
      if (!log.includes('No space left on device')) {
        throw new Error('PostgreSQL never noticed that its disk was full')
      }
      await recovered(Date.now())
    },
  },
]

function mount(dir: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0711`, 'tmpfs', dir], {
    stdio: 'pipe',
  })
}

/** Tried, not guessed: containers take this right away in many ways. */
function mountProblem(): string | null {
  if (process.platform !== 'linux') return 'needs a tmpfs, which only Linux has'
  if (process.getuid?.() !== 0) return 'only root may mount a small disk; run it as root'
  const dir = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  try {
    mount(dir)
    execFileSync('umount', [dir])
    return null
  } catch {
    return 'this machine lets nobody mount a small disk; a container needs CAP_SYS_ADMIN for it'
  } finally {
    execFileSync('rmdir', [dir])
  }
}
