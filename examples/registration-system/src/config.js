import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const HERE = resolve(import.meta.dirname, '..')

/** Reads the settings once, at the start, and complains about all of them together. */
export function readConfig(env) {
  const port = Number(env.PORT ?? 4000)
  const privateKey = env.BURSAR_PRIVATE_KEY || readKeyFile(env.BURSAR_PRIVATE_KEY_FILE)
  const problems = []
  if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push('PORT must be a port')
  if (!env.BURSAR_KEY_ID) problems.push('BURSAR_KEY_ID is missing (key_…)')
  if (!privateKey) problems.push('BURSAR_PRIVATE_KEY or BURSAR_PRIVATE_KEY_FILE is missing')
  if (problems.length > 0) {
    throw new Error(
      `${problems.join('; ')}. Make a test key with: npm run setup -w examples/registration-system`,
    )
  }
  return {
    port,
    /** Where the platform and the payers' browsers reach this app. */
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${port}`).replace(/\/+$/, ''),
    apiBase: env.BURSAR_API_BASE || 'http://localhost:3000',
    keyId: env.BURSAR_KEY_ID,
    privateKey,
    storeFile: resolve(HERE, env.STORE_FILE ?? 'data/store.json'),
  }
}

function readKeyFile(path) {
  return path ? readFileSync(resolve(HERE, path), 'utf8') : undefined
}
