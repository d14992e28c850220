import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const sdk = resolve(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'bursar-package-'))
const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' }
const GZIP_BYTES_MAX = 10 * 1024

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: 'pipe' })
}

/** The command of an installed package, run by this very Node. */
function runPackage(cwd: string, name: string, bin: string, ...args: string[]): string {
  return run(cwd, process.execPath, join(sdk, '../node_modules', name, bin), ...args)
}

function project(name: string, fields: object): string {
  const directory = join(work, name)
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, private: true, ...fields }))
  run(directory, 'npm', 'i', '--no-audit', '--no-fund', '--offline', tarball)
  return directory
}

let tarball = ''

beforeAll(() => {
  runPackage(sdk, 'tsup', 'dist/cli-default.js', '--silent')
  run(sdk, 'npm', 'pack', '--pack-destination', work)
  tarball = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')) ?? 'missing.tgz')
}, 120_000)

afterAll(() => rmSync(work, { recursive: true }))

/** Signs a real call to a real server, reads a page of it, and verifies a webhook. */
const PROGRAM = `
const { createServer } = require('node:http')
const { generateKeyPairSync } = require('node:crypto')
async function main({ Bursar, BursarNotFoundError, webhooks }) {
  const server = createServer((request, response) => {
    const isSigned = request.headers.signature.startsWith('bursar=:')
    const status = request.url.includes('missing') ? 404 : 200
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_1' })
    response.end(JSON.stringify(
      status === 404 ? { code: 'not_found' }
      : { object: 'list', data: [{ id: 'pay_1', isSigned }], has_more: false, next_cursor: null }))
  })
  await new Promise((done) => server.listen(0, done))
  const { privateKey } = generateKeyPairSync('ed25519')
  const bursar = new Bursar({
    keyId: 'key_1',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    baseUrl: 'http://localhost:' + server.address().port,
  })
  const seen = []
  for await (const payment of bursar.payments.list({ limit: 50 })) seen.push(payment)
  const error = await bursar.bills.get('missing').catch((reason) => reason)
  const secret = 'whsec_' + Buffer.from('a secret of enough bytes').toString('base64')
  const body = JSON.stringify({ id: 'evt_1', type: 'bill.paid', data: { object: {} } })
  const headers = await webhooks.sign(body, { id: 'evt_1', secret })
  const event = await webhooks.verify(body, headers, { secret })
  server.close()
  console.log(JSON.stringify({
    seen, isNotFound: error instanceof BursarNotFoundError, requestId: error.requestId, event: event.id,
  }))
}
`

const EXPECTED = {
  seen: [{ id: 'pay_1', isSigned: true }],
  isNotFound: true,
  requestId: 'req_1',
  event: 'evt_1',
}

describe('the packed package', () => {
  test('runs in a plain ESM project', () => {
    const directory = project('esm', { type: 'module' })
    const source = [
      "import { createRequire } from 'node:module'",
      "import * as sdk from '@openbursar/sdk'",
      'const require = createRequire(import.meta.url)',
      PROGRAM,
      'await main(sdk)',
    ].join('\n')
    writeFileSync(join(directory, 'main.js'), source)
    expect(JSON.parse(run(directory, process.execPath, 'main.js'))).toEqual(EXPECTED)
  })

  test('runs in a plain CommonJS project', () => {
    const directory = project('cjs', {})
    writeFileSync(join(directory, 'main.js'), `${PROGRAM}\nmain(require('@openbursar/sdk'))`)
    expect(JSON.parse(run(directory, process.execPath, 'main.js'))).toEqual(EXPECTED)
  })

  test('brings the command line along', () => {
    const directory = project('cli', {})
    const bursar = join(directory, 'node_modules/.bin/bursar')
    expect(run(directory, bursar, '--help')).toContain('bursar debug-signature')
  })

  test('makes every sample of the README compile', () => {
    const directory = project('readme', { type: 'module' })
    const readme = readFileSync(join(sdk, 'README.md'), 'utf8')
    const samples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1])
    expect(samples.length).toBeGreaterThan(4)
    writeFileSync(join(directory, 'samples.ts'), samples.join('\n'))
    const options = { extends: join(sdk, '../tsconfig.json'), files: ['samples.ts'] }
    const typeRoots = [join(sdk, '../node_modules/@types')]
    const tsconfig = {
      ...options,
      compilerOptions: { typeRoots, skipLibCheck: false, noUnusedLocals: false },
    }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))
    expect(runPackage(directory, 'typescript', 'bin/tsc')).toBe('')
  }, 60_000)

  test('brings no dependency and nothing but the build', () => {
    const manifest = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
    expect(manifest.dependencies ?? {}).toEqual({})
    const files = run(work, 'tar', '-tzf', tarball).trim().split('\n').sort()
    expect(files).toEqual([
      'package/LICENSE',
      'package/README.md',
      'package/dist/bursar.js',
      'package/dist/index.cjs',
      'package/dist/index.d.cts',
      'package/dist/index.d.ts',
      'package/dist/index.js',
      'package/package.json',
    ])
  })

  test('publint and attw find nothing', () => {
    expect(runPackage(sdk, 'publint', 'src/cli.js', '--strict')).toContain('All good')
    const checked = runPackage(sdk, '@arethetypeswrong/cli', 'dist/index.js', '--pack', '.')
    expect(checked).toContain('No problems found')
  }, 60_000)

  test('the bundled client is at most 10 KB gzip, and imports nothing', async () => {
    const { build } = await import('esbuild')
    const entry = "export { Bursar } from './dist/index.js'"
    const result = await build({
      stdin: { contents: entry, resolveDir: sdk },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
    })
    const bundle = result.outputFiles[0]?.contents ?? new Uint8Array()
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(GZIP_BYTES_MAX)
    expect(bundle.length).toBeGreaterThan(5_000)
  })

  test('the version it sends is the version it has', () => {
    const { version } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
    expect(readFileSync(join(sdk, 'src/core/version.ts'), 'utf8')).toContain(`'${version}'`)
  })
})
