import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Bursar, type RequestLogDetail } from '@openbursar/sdk'
import { paymentBody } from '../../server/test/support/fixtures.js'
import { apiBase, createApp, type TestApp } from '../../server/test/support/platform.js'
import { until } from '../../server/test/support/until.js'
import { curlSnippet } from '../src/features/request-log/snippet/curl.snippet.js'
import { javaSnippet } from '../src/features/request-log/snippet/java.snippet.js'
import { toLoggedCall } from '../src/features/request-log/snippet/logged-call.rules.js'
import { sdkSnippet } from '../src/features/request-log/snippet/sdk.snippet.js'
import type {
  LoggedCall,
  SnippetOptions,
} from '../src/features/request-log/snippet/snippet.types.js'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../../..')

const LANGUAGES = [
  {
    name: 'curl',
    file: 'call.sh',
    command: ['bash'],
    needs: ['bash', '-c', 'curl -V && openssl version'],
    write: curlSnippet,
  },
  {
    name: 'SDK',
    file: 'call.mjs',
    command: ['node', '--no-warnings'],
    needs: ['node', '-v'],
    write: sdkSnippet,
  },
  {
    name: 'Java',
    file: 'Call.java',
    command: ['java', '-XX:TieredStopAtLevel=1'],
    needs: ['java', '-version'],
    write: javaSnippet,
  },
] as const

const ALGORITHMS = [
  ['ed25519', 'ed25519'],
  ['p256', 'ecdsa-p256-sha256'],
  ['rsa', 'rsa-pss-sha512'],
  ['rsa-v1_5', 'rsa-v1_5-sha256'],
] as const

let work = ''
const missing = new Set<string>()
for (const { name, needs } of LANGUAGES) {
  const [command, ...args] = needs
  await run(command, args).catch(() => missing.add(name))
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'snippets-'))
})
afterAll(() => rm(work, { recursive: true }))

/** A call's entry is written a moment after its answer. */
async function logOf(bursar: Bursar, filter: object): Promise<RequestLogDetail> {
  const [entry] = await until(
    async () => (await bursar.requestLogs.list({ ...filter, limit: 1 })).data,
    (found) => found.length > 0,
  )
  return bursar.requestLogs.get(entry?.id ?? '')
}

async function runSnippet(
  app: TestApp,
  language: (typeof LANGUAGES)[number],
  call: LoggedCall,
  options: Partial<SnippetOptions> = {},
) {
  const keyFile = join(work, `${app.key_id}.pem`)
  await writeFile(keyFile, app.private_key)
  // The SDK is found from where the program lies.
  const folder = language.name === 'SDK' ? await mkdtemp(join(ROOT, 'sdk/.snippet-')) : work
  const file = join(folder, language.file)
  const text = language.write(call, { apiBase: apiBase(), sameIdempotencyKey: false, ...options })
  await writeFile(file, text)
  const [command, ...args] = language.command
  try {
    const { stdout } = await run(command, [...args, file], {
      cwd: folder,
      timeout: 60_000,
      env: { PATH: process.env.PATH, BURSAR_PRIVATE_KEY_FILE: keyFile },
    })
    return stdout
  } finally {
    if (folder !== work) await rm(folder, { recursive: true })
  }
}

describe.each(LANGUAGES.filter(({ name }) => !missing.has(name)))(
  'a call copied as $name',
  (language) => {
    test.each(ALGORITHMS)(
      'with a key of %s is accepted and finds the same payment',
      async (alg, name) => {
        const app = await createApp({ alg })
        const { key_id: keyId, private_key: privateKey } = app
        const own = new Bursar({ keyId, privateKey, algorithm: name, baseUrl: apiBase() })
        const payment = await own.payments.create({ ...paymentBody(), subject: `it's "学费"` })
        const log = await logOf(own, { object_id: payment.id, method: 'POST' })
        expect(log.signature?.algorithm).toBe(name)
        expect(await runSnippet(app, language, toLoggedCall(log))).toContain(payment.id)
        const again = await logOf(own, {
          method: 'POST',
          route: '/v1/payments',
          status: 200,
        })
        expect(again.idempotency_key).not.toBe(log.idempotency_key)
      },
      90_000,
    )

    test('under the same idempotency key gets the answer of then', async () => {
      const app = await createApp()
      const payment = await app.bursar.payments.create(paymentBody())
      const log = await logOf(app.bursar, { object_id: payment.id, method: 'POST' })
      await runSnippet(app, language, toLoggedCall(log), { sameIdempotencyKey: true })
      const replayed = await until(
        async () =>
          (await app.bursar.requestLogs.list({ object_id: payment.id })).data.map(
            (entry) => entry.replayed,
          ),
        (found) => found.length === 2,
      )
      expect(replayed).toEqual([true, false])
    }, 60_000)

    test('without a body, with a query', async () => {
      const app = await createApp()
      const { id, out_trade_no } = await app.bursar.payments.create(paymentBody())
      await app.bursar.payments.list({ out_trade_no, limit: 5 })
      const log = await logOf(app.bursar, { method: 'GET', route: '/v1/payments' })
      expect(await runSnippet(app, language, toLoggedCall(log))).toContain(id)
    }, 60_000)
  },
)
