import { setTimeout as sleep } from 'node:timers/promises'
import { Bursar } from '@openbursar/sdk'
import { readConfig } from './config.js'
import { Enrolments } from './enrolment.js'
import { startSafetyNet } from './safety-net.js'
import { createApp } from './server.js'
import { Store } from './store.js'
import { registerWebhook } from './webhook.js'

const RETRIES_MAX = 4
const REGISTER_AGAIN_MS = 2_000

const config = readConfig(process.env)
const store = new Store(config.storeFile)
const bursar = new Bursar({
  baseUrl: config.apiBase,
  keyId: config.keyId,
  privateKey: config.privateKey,
  // The SDK repeats what may be repeated, under the same Idempotency-Key.
  maxRetries: RETRIES_MAX,
  timeoutMs: 10_000,
})
const context = { bursar, store, publicUrl: config.publicUrl }
const enrolments = new Enrolments(context)

createApp({ store, enrolments }).listen(config.port, '127.0.0.1', () => {
  console.log(`Registration system: ${config.publicUrl}  (platform: ${config.apiBase})`)
})
startSafetyNet({ store, enrolments })

// Pages work while the platform is away; only then nobody tells us anything yet.
for (;;) {
  try {
    await registerWebhook(context)
    console.log(`Webhooks arrive at ${config.publicUrl}/webhooks`)
    break
  } catch (error) {
    console.warn(`The webhook endpoint is not registered yet: ${error.message}`)
    await sleep(REGISTER_AGAIN_MS)
  }
}
