import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const sdk = resolve(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'bursar-package-'))
const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' }
const GZIP_BYTES_MAX = 10 * 1024
/** The resolution of Node 10 knows no subpaths of `exports`; the package needs Node 20. */
const ATTW = ['--pack', '.', '--profile', 'node16', '--no-emoji']

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

function compile(directory: string, file: string, more: object): void {
  const typeRoots = [join(sdk, '../node_modules/@types')]
  const compilerOptions = { typeRoots, noUnusedLocals: false, ...more }
  const tsconfig = { extends: join(sdk, '../tsconfig.json'), files: [file], compilerOptions }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))
  expect(runPackage(directory, 'typescript', 'bin/tsc')).toBe('')
}

let tarball = ''

// The run's set-up has built it: a build of our own would take it away from specs that use it meanwhile.
beforeAll(() => {
  run(sdk, 'npm', 'pack', '--pack-destination', work)
  tarball = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')) ?? 'missing.tgz')
}, 120_000)

afterAll(() => rmSync(work, { recursive: true }))

/** Signs a real call to a real server, reads a page of it, and verifies a webhook. */
const PROGRAM = `
const { createServer } = require('node:http')
const { generateKeyPairSync } = require('node:crypto')
async function main({ Bursar, BursarNotFoundError }, { webhooks }, { createSandbox }) {
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
  const sandbox = createSandbox()
  const inMemory = new Bursar(sandbox.clientOptions)
  const { id } = await inMemory.payments.create({ out_trade_no: 'T-1', amount: 1, subject: 'x' })
  const { status } = await sandbox.pay(id)
  console.log(JSON.stringify({
    seen, isNotFound: error instanceof BursarNotFoundError, requestId: error.requestId, event: event.id, status,
  }))
}
`

const EXPECTED = {
  seen: [{ id: 'pay_1', isSigned: true }],
  isNotFound: true,
  requestId: 'req_1',
  event: 'evt_1',
  status: 'succeeded',
}

/** The program as an ES module and as CommonJS. */
const ESM = [
  "import { createRequire } from 'node:module'",
  "import * as sdk from '@openbursar/sdk'",
  "import * as webhooks from '@openbursar/sdk/webhooks'",
  "import * as testing from '@openbursar/sdk/testing'",
  'const require = createRequire(import.meta.url)',
  PROGRAM,
  'await main(sdk, webhooks, testing)',
].join('\n')
const CJS = `${PROGRAM}
const subpath = (name) => require('@openbursar/sdk/' + name)
main(require('@openbursar/sdk'), subpath('webhooks'), subpath('testing'))`

/** Other versions of Node come from the npm registry; offline, only CI insists on them. */
const isOnline = await fetch('https://registry.npmjs.org/node', { method: 'HEAD' }).then(
  ({ ok }) => ok,
  () => false,
)
const needsRegistry = isOnline || process.env.CI === 'true' ? describe : describe.skip

describe('the packed package', () => {
  test('runs in a plain ESM project', () => {
    const directory = project('esm', { type: 'module' })
    writeFileSync(join(directory, 'main.js'), ESM)
    expect(JSON.parse(run(directory, process.execPath, 'main.js'))).toEqual(EXPECTED)
  })

  test('runs in a plain CommonJS project', () => {
    const directory = project('cjs', {})
    writeFileSync(join(directory, 'main.js'), CJS)
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
    const samples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
    expect(samples.length).toBeGreaterThan(8)
    const isNest = (sample: string) => sample.includes('@nestjs/')
    writeFileSync(join(directory, 'samples.ts'), samples.filter((one) => !isNest(one)).join('\n'))
    writeFileSync(join(directory, 'nest.ts'), samples.filter(isNest).join('\n'))
    // An app of Nest brings Nest itself.
    symlinkSync(join(sdk, '../node_modules/@nestjs'), join(directory, 'node_modules/@nestjs'))
    compile(directory, 'samples.ts', { skipLibCheck: false })
    compile(directory, 'nest.ts', { experimentalDecorators: true })
  }, 120_000)

  test('brings no dependency and nothing but the build', () => {
    const manifest = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
    expect(manifest.dependencies ?? {}).toEqual({})
    expect(Object.values(manifest.peerDependenciesMeta)).toEqual([
      { optional: true },
      { optional: true },
    ])
    const files = run(work, 'tar', '-tzf', tarball).trim().split('\n').sort()
    const entries = ['index', 'nestjs', 'testing', 'webhooks'].flatMap((name) =>
      ['cjs', 'd.cts', 'd.ts', 'js'].map((ending) => `package/dist/${name}.${ending}`),
    )
    // What the entries share has a hash in its name.
    const isShared = (path: string) =>
      /^package\/dist\/[\w.]+-[\w-]{8}\.(d\.)?[cm]?[jt]s$/.test(path)
    expect(files.filter((path) => !isShared(path))).toEqual(
      [
        ...['LICENSE', 'README.md', 'dist/bursar.js', 'package.json'].map(
          (name) => `package/${name}`,
        ),
        ...entries,
      ].sort(),
    )
  })

  test('publint and attw find nothing', () => {
    expect(runPackage(sdk, 'publint', 'src/cli.js', '--strict')).toContain('All good')
    const checked = runPackage(sdk, '@arethetypeswrong/cli', 'dist/index.js', ...ATTW)
    // It ends with a failure when anything is wrong; here it is made sure that it looked everywhere.
    for (const name of ['sdk', 'sdk/webhooks', 'sdk/testing', 'sdk/nestjs']) {
      expect(checked).toMatch(
        new RegExp(`@openbursar/${name}" +│ OK \\(CJS\\) +│ OK \\(ESM\\) +│ OK `),
      )
    }
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

needsRegistry('the packed package runs on', () => {
  let directory = ''
  beforeAll(() => {
    directory = project('versions', { type: 'module' })
    writeFileSync(join(directory, 'main.mjs'), ESM)
    writeFileSync(join(directory, 'main.cjs'), CJS)
  })

  test.each([20, 22, 24, 26])(
    'Node %i, as ESM and as CommonJS',
    (version) => {
      const node = ['exec', '--yes', `--package=node@${version}`, '--', 'node']
      // A folder without a project: npm then takes the package from its cache or the registry.
      const start = (...args: string[]) => run(tmpdir(), 'npm', ...node, ...args)
      expect(start('--version')).toMatch(new RegExp(`^v${version}\\.`))
      for (const file of ['main.mjs', 'main.cjs']) {
        expect(JSON.parse(start('--no-warnings', join(directory, file)))).toEqual(EXPECTED)
      }
    },
    240_000,
  )
})

/** A Nest app that takes one webhook, on the adapter that it is told. */
const NEST_PROGRAM = `
const { Module, Injectable, Logger } = require('@nestjs/common')
const { NestFactory } = require('@nestjs/core')
const { BursarWebhooksModule, OnBursarEvent, webhooks } = require('@openbursar/sdk/nestjs')
const secret = 'whsec_' + Buffer.from('a secret of enough bytes').toString('base64')
const seen = []
class Orders { paid(event) { seen.push(event.id) } }
Injectable()(Orders)
const paid = Object.getOwnPropertyDescriptor(Orders.prototype, 'paid')
OnBursarEvent('payment.succeeded')(Orders.prototype, 'paid', paid)
class App {}
Module({ imports: [BursarWebhooksModule.forRoot({ secret })], providers: [Orders] })(App)
async function main() {
  const platform = process.argv[2]
  const module = require('@nestjs/platform-' + platform)
  const adapter = platform === 'fastify' ? [new module.FastifyAdapter()] : []
  const app = await NestFactory.create(App, ...adapter, { rawBody: true, logger: false })
  await app.listen(0)
  const body = JSON.stringify({ id: 'evt_1', type: 'payment.succeeded', data: { object: {} } }, null, 2)
  const headers = { 'content-type': 'application/json', ...(await webhooks.sign(body, { id: 'evt_1', secret })) }
  const url = 'http://127.0.0.1:' + app.getHttpServer().address().port + '/webhooks/bursar'
  const genuine = await fetch(url, { method: 'POST', headers, body })
  const forged = await fetch(url, { method: 'POST', headers, body: body + ' ' })
  await app.close()
  console.log(JSON.stringify({ genuine: genuine.status, forged: forged.status, seen }))
}
main()
`

needsRegistry('the packed module works in an app of', () => {
  test.each([10, 11, 12])(
    'Nest %i, on Express and on Fastify',
    (version) => {
      const directory = project(`nest-${version}`, {})
      const names = ['common', 'core', 'platform-express', 'platform-fastify']
      const nest = names.map((name) => `@nestjs/${name}@${version}`)
      const others = ['reflect-metadata@0.2', 'rxjs@7']
      run(directory, 'npm', 'i', '--no-audit', '--no-fund', '--prefer-offline', ...nest, ...others)
      writeFileSync(join(directory, 'main.cjs'), NEST_PROGRAM)
      for (const platform of ['express', 'fastify']) {
        const answer = JSON.parse(run(directory, process.execPath, 'main.cjs', platform))
        expect(answer).toEqual({ genuine: 204, forged: 400, seen: ['evt_1'] })
      }
    },
    240_000,
  )
})
