import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// This file runs on the machine's own Node.js, which may be the oldest that we promise to start with.
export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..')
const BIN = join(ROOT, 'node_modules/.bin')
const STAMP = join(ROOT, 'node_modules/.openbursar-installed')
/** What the platform itself needs where the pinned Node.js could not be installed. */
const NODE_VERSION_MIN = [22, 12]

/** The Node.js that the lock file pins, whatever the machine's own is. */
export function nodeBinary() {
  const pinned = join(BIN, process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(pinned) ? pinned : process.execPath
}

/** The environment in which every tool finds the pinned Node.js first. */
export function toolEnvironment(extra = {}) {
  return { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/** Runs one of our tools on the pinned Node.js and ends this process when it fails: it said why. */
export function runTool(name, args = []) {
  const { status } = spawnSync(nodeBinary(), [join(ROOT, 'platform/tools', name), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

/** Installs what the lock file names, unless that was done since the lock file last changed. */
export function ensureInstalled() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint(lock)) return
  // Somebody may have run `npm ci` by hand: then nothing is missing.
  if (existsSync(STAMP) || !isComplete()) install()
  assertRunnable()
  writeFileSync(STAMP, fingerprint(lock))
}

function install() {
  console.log('Installing dependencies (once; about a minute) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // Warnings are about the machine's own Node.js, which only installs. The scripts bring the pinned
  // Node.js and PostgreSQL; package.json names those that may run.
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false']
  const { status } = spawnSync(npm, ['ci', ...flags, '--ignore-scripts=false', '--include=dev'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status === 0) return
  console.error('\nnpm ci failed; its lines above say why.\n')
  process.exit(1)
}

function assertRunnable() {
  const { stdout } = spawnSync(nodeBinary(), ['--version'], { encoding: 'utf8' })
  const [major = 0, minor = 0] = (stdout ?? '').trim().slice(1).split('.').map(Number)
  const [majorMin, minorMin] = NODE_VERSION_MIN
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return
  console.error(
    `\nThe Node.js that comes with the packages is missing (found ${stdout?.trim() || 'none'}). ` +
      `Remove node_modules and try again, or use Node.js ${NODE_VERSION_MIN.join('.')} or newer.\n`,
  )
  process.exit(1)
}

function fingerprint(lock) {
  return createHash('sha256').update(lock).digest('hex')
}

/** npm writes this file last, so a cut-off install does not have it. */
function isComplete() {
  const marker = join(ROOT, 'node_modules/.package-lock.json')
  return (
    existsSync(marker) &&
    statSync(marker).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs
  )
}
