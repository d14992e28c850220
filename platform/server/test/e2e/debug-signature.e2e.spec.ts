import { spawn } from 'node:child_process'
import { createPrivateKey, sign } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import { ROOT } from '../support/bursar-command.js'
import { apiBase, createApp, type TestApp } from '../support/platform.js'
import type { PreparedRequest } from '../support/raw-request.js'

const PROGRAMS = {
  "the SDK's": join(ROOT, 'sdk/dist/bursar.js'),
  "the repository's": join(ROOT, 'platform/server/dist/processes/bursar.main.js'),
}

/** Runs `bursar debug-signature` as it is run in a shell, with a file as its input. */
function debugSignature(
  input: string | Buffer,
  args: readonly string[] = [],
  program = PROGRAMS["the SDK's"],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const env = { ...inherited, BURSAR_API_BASE: apiBase() }
  const child = spawn(process.execPath, [program, 'debug-signature', ...args], { env, cwd: ROOT })
  const chunks = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    chunks.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    chunks.stderr += chunk
  })
  child.stdin.end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...chunks })))
}

/** A request as somebody saves it, with what they signed. */
function saved({ method, url, headers, body }: PreparedRequest, lineEnd = '\n'): string {
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${pathname}${search} HTTP/1.1`, ...lines, '', ''].join(lineEnd)
  return head + (body?.toString() ?? '')
}

describe('bursar debug-signature', () => {
  let app: TestApp
  const payment = () =>
    app.prepare({ path: '/v1/payments', body: { out_trade_no: 'debug-1', subject: '学费' } })

  /** A request of a program that signs another string than the platform builds. */
  function mistaken(change: (base: string) => string): string {
    const prepared = app.prepare({ path: '/v1/payments?limit=2' })
    const params = String(prepared.headers['signature-input']).slice('bursar='.length)
    const right = `"@method": GET\n"@target-uri": ${prepared.url}\n"@signature-params": ${params}`
    const base = change(right)
    const signature = sign(null, Buffer.from(base), createPrivateKey(app.private_key))
    prepared.headers.signature = `bursar=:${signature.toString('base64')}:`
    prepared.headers['bursar-debug-base'] = Buffer.from(base).toString('base64')
    return saved(prepared)
  }

  beforeAll(async () => {
    app = await createApp()
  }, 60_000)

  test.each(Object.entries(PROGRAMS))(
    'says that a good signature is valid (%s)',
    async (_, program) => {
      for (const lineEnd of ['\n', '\r\n']) {
        const found = await debugSignature(saved(payment(), lineEnd), [], program)
        expect(found).toMatchObject({ code: 0, stderr: '' })
        expect(found.stdout).toMatch(/^VALID\. /)
      }
    },
  )

  test('carries nothing out', async () => {
    const request = app.prepare({ path: '/v1/payments', body: { out_trade_no: 'debug-2' } })
    expect((await debugSignature(saved(request))).code).toBe(0)
    expect((await app.bursar.payments.list({ limit: 1 })).data).toEqual([])
  })

  test('leaves out the newline that an editor added, when Content-Length is there', async () => {
    const found = await debugSignature(`${saved(payment())}\n`)
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('1 byte after the') })
  })

  test('takes the newline for a part of the body, when nothing says otherwise, and tells so', async () => {
    const text = saved(payment()).replace(/content-length: \d+\n/, '')
    expect((await debugSignature(text)).code).toBe(0)
    const found = await debugSignature(`${text}\n`)
    expect(found.code).toBe(1)
    expect(found.stdout).toContain('NOT VALID: content_digest_mismatch')
    expect(found.stdout).toContain('Note: There is no Content-Length, so the newline')
  })

  test('shows both strings, the first difference, the cause and what to do', async () => {
    const found = await debugSignature(mistaken((base) => base.replace('?limit=2', '')))
    expect(found.code).toBe(1)
    const origin = apiBase()
    expect(found.stdout).toContain('NOT VALID: signature_invalid')
    expect(found.stdout).toMatch(/Cause: .*query/)
    expect(found.stdout).toMatch(/To do: .*byte for byte/)
    expect(found.stdout).toContain(
      [
        '    "@method": GET',
        `  - "@target-uri": ${origin}/v1/payments?limit=2`,
        `  + "@target-uri": ${origin}/v1/payments`,
        `    ${' '.repeat(`"@target-uri": ${origin}/v1/payments`.length)}^ the first difference: byte`,
      ].join('\n'),
    )
  })

  test.each(Object.entries(PROGRAMS))('gives JSON to programs (%s)', async (_, program) => {
    const found = await debugSignature(
      mistaken((base) => `${base}\n`),
      ['--json'],
      program,
    )
    expect(found.code).toBe(1)
    expect(JSON.parse(found.stdout)).toMatchObject({
      object: 'signature_diagnosis',
      valid: false,
      code: 'signature_invalid',
      cause: 'trailing_newline',
      expected_base: expect.stringContaining('"@method": GET\n'),
      first_difference: { line: 3 },
      notes: [],
    })
  })

  test('ends with 2 when there is nothing to judge', async () => {
    expect(await debugSignature('')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no input'),
    })
    expect(await debugSignature('HTTP/1.1 200 OK\n\n')).toMatchObject({ code: 2, stdout: '' })
    expect(await debugSignature(saved(payment()), ['--xml'])).toMatchObject({ code: 2 })
    const nobody = await debugSignature(saved(payment()), ['--api-base', 'http://127.0.0.1:1'])
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('does not answer') })
  })

  test('knows no key of this id: the key is what is wrong, not the input', async () => {
    const text = saved(payment()).replace(app.key_id, 'key_00000000000000000000000000')
    expect(await debugSignature(text)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('NOT VALID: key_unknown'),
    })
  })
})

describe('an SDK that debugs signatures', () => {
  /** A library between the SDK and the network that knows better. */
  const meddling: typeof globalThis.fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    if (headers.has('content-type')) headers.set('content-type', 'application/json; charset=utf-8')
    return fetch(input, { ...init, headers })
  }

  test('says in its error where the two strings differ, and why', async () => {
    const { key_id: keyId, private_key: privateKey } = await createApp()
    const options = { keyId, privateKey, baseUrl: apiBase(), fetch: meddling }
    const pay = (debugSignatures: boolean) =>
      new Bursar({ ...options, debugSignatures }).payments.create({
        out_trade_no: 'debug-3',
        amount: 100,
        subject: 'x',
      })
    await expect(pay(true)).rejects.toMatchObject({
      code: 'signature_invalid',
      message: expect.stringMatching(
        /content type.*differs from byte \d+ on \(line 4, content-type\): the platform built …"[^…]*charset=utf-8.*you signed …"/,
      ),
    })
    await expect(pay(false)).rejects.toMatchObject({ code: 'signature_invalid' })
  })
})
