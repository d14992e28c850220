import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './install.mjs'

/**
 * `npm run lock:complete`, after adding a package: names in package-lock.json the optional binaries of
 * every platform. npm leaves out those that the registry at hand does not carry (a partial mirror), and
 * then `npm ci` refuses the lock file as incomplete. Only the platform's own binary is ever fetched.
 */
const PATH = join(ROOT, 'package-lock.json')
const OPERATING_SYSTEMS =
  /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)$/

const lock = JSON.parse(readFileSync(PATH, 'utf8'))
const added = []
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    const platform = platformOf(name)
    if (lock.packages[key] || !platform || !/^\d/.test(version)) continue
    lock.packages[key] = { version, ...platform, dev: entry.dev, optional: true }
    added.push(name)
  }
}
const sorted = Object.entries(lock.packages).sort(([left], [right]) =>
  left.localeCompare(right, 'en'),
)
lock.packages = Object.fromEntries(sorted)
writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added.length} platform binaries added to package-lock.json`)

/** "@swc/core-linux-arm-gnueabihf" → { cpu: ['arm'], os: ['linux'], libc: ['glibc'] }; null for others. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-')
  const os = words.find((word) => OPERATING_SYSTEMS.test(word))
  if (!os) return null
  const cpu = words.find((word) => /^(arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)$/.test(word))
  if (!cpu) return null
  const abi = words.at(-1)
  const libc =
    os !== 'linux' ? null : /^musl/.test(abi) ? 'musl' : /^gnu/.test(abi) ? 'glibc' : null
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] }
}
