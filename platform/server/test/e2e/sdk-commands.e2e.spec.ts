import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { apiBase, createApp, type TestApp } from '../support/platform.js'
import { until } from '../support/until.js'

const BURSAR = join(import.meta.dirname, '../../../../sdk/dist/bursar.js')
const directory = mkdtempSync(join(tmpdir(), 'bursar-commands-'))
const types: string[] = []
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    types.push(JSON.parse(Buffer.concat(chunks).toString()).type)
    response.writeHead(204).end()
  })
})
let app: TestApp

beforeAll(async () => {
  app = await createApp()
  const { key_id, private_key } = app
  const credentials = { api_base: apiBase(), key_id, private_key }
  writeFileSync(join(directory, 'app.json'), JSON.stringify(credentials))
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
}, 60_000)
afterAll(() => {
  receiver.closeAllConnections()
  receiver.close()
  rmSync(directory, { recursive: true })
})

function start(...args: string[]) {
  const child = spawn(process.execPath, [BURSAR, ...args], { cwd: directory })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'close').then(([code]) => ({ code, out, errors }))
  return { child, ended, errors: () => errors }
}

// The commands one by one are tried in the SDK; this is that they and the platform understand each other.
test('what is triggered is heard by a listener, and sent again to an endpoint', async () => {
  const { port } = receiver.address() as AddressInfo
  const listener = start('listen', '--forward-to', `http://127.0.0.1:${port}/hooks`)
  await until(
    async () => listener.errors(),
    (text) => text.includes('Verify them with the secret'),
  )
  const triggered = await start('trigger', 'payment.succeeded', '--json').ended
  expect(triggered).toMatchObject({ code: 0 })
  const event = triggered.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .find(({ type }) => type === 'payment.succeeded')
  await until(
    async () => types,
    (heard) => heard.includes('payment.succeeded'),
  )
  expect(types.indexOf('payment.created')).toBeLessThan(types.indexOf('payment.succeeded'))
  listener.child.kill('SIGINT')
  expect(await listener.ended).toMatchObject({ code: 0 })

  const url = `http://localhost:${port}/hooks`
  const endpoint = await app.bursar.webhookEndpoints.create({ url })
  const resent = await start('events', 'resend', event.id, '--endpoint', endpoint.id).ended
  expect(resent).toMatchObject({ code: 0, out: expect.stringContaining(endpoint.id) })
  const unknown = await start('trigger', 'planet.discovered').ended
  expect(unknown).toMatchObject({ code: 1, errors: expect.stringContaining('/type') })
}, 60_000)
