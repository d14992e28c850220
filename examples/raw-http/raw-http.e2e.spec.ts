import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { apiBase, createApp, type TestApp } from '../../platform/server/test/support/platform.js'
import { LANGUAGES, runProgram, whyNotHere } from './languages.fixture.js'

const vectorsPath = join(import.meta.dirname, '../../openapi/vectors/signing.json')
/** A compiler that has never run here builds its standard library first. */
const BUILD_TIMEOUT_MS = 240_000

interface Vectors {
  readonly requests: { valid: boolean; algorithm: string }[]
  readonly responses: unknown[]
}

const vectors: Vectors = JSON.parse(await readFile(vectorsPath, 'utf8'))

let work = ''
let app: TestApp
const newNumber = () => `raw-${randomBytes(8).toString('hex')}`

/** The environment of a program that calls as an app. */
async function settingsOf(
  { key_id, private_key }: Pick<TestApp, 'key_id' | 'private_key'>,
  algorithm = 'ed25519',
  base = apiBase(),
) {
  const file = join(work, `${key_id}.pem`)
  await writeFile(file, private_key, { mode: 0o600 })
  return {
    BURSAR_API_BASE: base,
    BURSAR_KEY_ID: key_id,
    BURSAR_PRIVATE_KEY_FILE: file,
    BURSAR_ALGORITHM: algorithm,
  }
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'raw-http-'))
  app = await createApp()
}, 60_000)

afterAll(() => rm(work, { recursive: true }))

const reasons = new Map<string, string | undefined>()
for (const language of LANGUAGES) reasons.set(language.name, await whyNotHere(language))

test('bash and OpenSSL are always there where CI runs', () => {
  expect(process.env.CI === undefined ? undefined : reasons.get('bash')).toBeUndefined()
})

describe.each(LANGUAGES.filter(({ name }) => reasons.get(name) === undefined))(
  '$name',
  (language) => {
    beforeAll(async () => {
      if (language.build === undefined) return
      const { code, stderr } = await runProgram(language.build)
      expect({ code, stderr }).toMatchObject({ code: 0 })
    }, BUILD_TIMEOUT_MS)

    test('agrees with every vector of the algorithms it has', async () => {
      const { code, stdout, stderr } = await runProgram(language.vectors, [vectorsPath])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const own = vectors.requests.filter(({ algorithm }) =>
        language.algorithms.includes(algorithm),
      )
      expect(stdout).toContain(
        `${own.filter(({ valid }) => valid).length} accepted and signed alike`,
      )
      expect(stdout).toContain(`${vectors.responses.length} answers`)
      expect(stdout).toContain(`${vectors.requests.length - own.length} not run`)
      const [accepted = 0, refused = 0, rules = 0] = stdout.match(/\d+/g)?.map(Number) ?? []
      expect(accepted + refused + rules).toBe(own.length)
    }, 120_000)

    test('creates a payment, once, and believes the signed answer', async () => {
      const settings = await settingsOf(app)
      const number = newNumber()
      const first = await runProgram(language.createPayment, ['1250', number], settings)
      expect(first).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^HTTP 201, signed by the platform's key /),
      })
      const payment = JSON.parse(first.stdout)
      expect(payment).toMatchObject({ object: 'payment', out_trade_no: number, amount: 1250 })
      const second = await runProgram(language.createPayment, ['1250', number], settings)
      expect(JSON.parse(second.stdout).id).toBe(payment.id)
      expect((await app.bursar.payments.get(payment.id)).amount).toBe(1250)
    }, 120_000)

    test('shows a refusal, which is signed as well', async () => {
      const number = newNumber()
      const settings = await settingsOf(app)
      expect(await runProgram(language.createPayment, ['0', number], settings)).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('"/amount"'),
        stderr: expect.stringMatching(/^HTTP 4\d\d, signed by/),
      })
    }, 120_000)

    test('does not believe an answer that nobody signed', async () => {
      const server = createServer((_, response) => {
        response.writeHead(201, { 'content-type': 'application/json' })
        response.end('{"object":"payment","keys":[]}')
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : undefined
      try {
        const settings = await settingsOf(app, 'ed25519', `http://127.0.0.1:${port}`)
        expect(await runProgram(language.createPayment, ['100'], settings)).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('NOT signed by the platform'),
        })
      } finally {
        server.close()
      }
    }, 120_000)
  },
)

for (const [name, reason] of reasons) {
  if (reason !== undefined) test.skip(`${name}, because ${reason}`, () => {})
}
