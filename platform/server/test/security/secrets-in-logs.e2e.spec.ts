import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { platformSettings } from '../support/bursar-command.js'
import { newNumber, newPaidPayment, paymentBody } from '../support/fixtures.js'
import { createApp, simulatorBase, type TestApp } from '../support/platform.js'
import { queryPlatform } from '../support/platform-database.js'
import { until } from '../support/until.js'

/** Nobody else in this run has these. */
const PERSON = {
  number: `11010519491231${String(Date.now()).slice(-3)}X`,
  name: `欧阳${newNumber()}`,
  phone: `138${String(Date.now()).slice(-8)}`,
  email: `${newNumber()}@mail.example.edu`,
}
const TOKEN = `eyJhbGciOiJub25lIn0.${Buffer.from(newNumber()).toString('base64url')}.x`

let app: TestApp
const secrets: Record<string, string> = { ...PERSON, token: TOKEN }

beforeAll(async () => {
  app = await createApp()
  await play()
}, 120_000)

/** Everything that ever handles a secret: keys, webhooks, payers, payments, refunds, and each of them gone wrong. */
async function play(): Promise<void> {
  const endpoint = await app.bursar.webhookEndpoints.create({ url: `${simulatorBase()}/nowhere` })
  if (!endpoint.secret) throw new Error('the answer that creates an endpoint tells its secret')
  const person = { kind: 'student' as const, number_type: 'certificate_no' as const, ...PERSON }
  const payer = await app.bursar.payers.create(person)
  await app.bursar.payers.update(payer.id, { phone: PERSON.phone, email: null })
  const conflict = { ...person, name: `${PERSON.name}二` }
  await app.send({ path: '/v1/payers', body: conflict })
  await app.send({ path: '/v1/payers', body: { ...person, colour: PERSON.phone } })
  await app.send({ path: '/v1/payers', body: `{"phone":"${PERSON.phone}","name":"${PERSON.name}"` })
  await app.send({ path: `/v1/payers?phone=${PERSON.phone}&email=${PERSON.email}` })
  await app.send({ path: `/v1/payers/${encodeURIComponent(PERSON.email)}` })
  await app.send({ path: `/v1/${PERSON.phone}`, headers: { 'user-agent': `x ${PERSON.email}` } })
  const headers = { authorization: `Bearer ${TOKEN}`, cookie: `sid=${TOKEN}`, dpop: TOKEN }
  await app.send({ path: '/v1/payments', headers, signed: false })
  await app.send({ path: `/v1/payments?access_token=${TOKEN}`, signed: false })
  const paid = await newPaidPayment(app, {
    metadata: { contact_phone: PERSON.phone, memo: `${PERSON.email} 转 ${PERSON.number}` },
  })
  await app.bursar.refunds.create({ payment: paid.id, out_refund_no: newNumber(), amount: 1 })
  const body = paymentBody({ metadata: { deep: JSON.stringify({ tel: PERSON.phone }) } })
  const open = await app.bursar.payments.create(body)
  await fetch(open.cashier_url.replace('/cashier/', '/cashier/api/'))
  const privateKey = createPrivateKey(app.private_key).export({ format: 'jwk' })
  Object.assign(secrets, {
    webhook: endpoint.secret,
    webhook_bytes: endpoint.secret.replace('whsec_', ''),
    private_key: String(privateKey.d),
    private_pem: app.private_key.split('\n')[1] ?? '',
    cashier: new URL(open.cashier_url).pathname.split('/').at(-1) ?? '',
    cashier_mac: open.cashier_url.split('.').at(-1) ?? '',
    master_key: platformSettings().MASTER_KEY,
    database_password: new URL(platformSettings().DATABASE_URL).password,
  })
  await until(
    () => queryPlatform('select 1 from request_logs where path = $1', [`/v1/payments/${paid.id}`]),
    (rows) => rows.length > 0,
  )
  await until(
    () => queryPlatform("select 1 from request_logs where route = '/cashier/api/{token}'"),
    (rows) => rows.length > 0,
  )
}

const occurring = (text: string) =>
  Object.entries(secrets)
    .filter(([, secret]) => secret !== '' && text.includes(secret))
    .map(([name]) => name)

test('there is something to look for', () => {
  expect(Object.values(secrets).filter((secret) => secret.length < 8)).toEqual([])
  expect(occurring(`whatever ${PERSON.phone} ${TOKEN}`)).toEqual(['phone', 'token'])
  const publicPem = createPublicKey(app.private_key).export({ type: 'spki', format: 'pem' })
  expect(occurring(publicPem.toString())).toEqual([])
})

test('no log file holds a secret or a personal number', async () => {
  const { DATA_DIR } = platformSettings()
  const names = await readdir(DATA_DIR, { recursive: true })
  const logs = names.filter((name) => name.endsWith('.log'))
  expect(logs.length).toBeGreaterThanOrEqual(3)
  for (const name of logs) {
    expect([name, occurring(await readFile(join(DATA_DIR, name), 'utf8'))]).toEqual([name, []])
  }
})

test('the request log holds none, in any column, of any caller', async () => {
  const rows = await queryPlatform<{ id: string; text: string }>(
    "select id, row_to_json(request_logs)::text as text from request_logs where created_at > now() - interval '5 minutes'",
  )
  expect(rows.length).toBeGreaterThan(12)
  const leaks = rows
    .map(({ text }) => ({ found: occurring(text.replaceAll('\\\\', '\\')), text }))
    .filter(({ found }) => found.length > 0)
  expect(leaks).toEqual([])
})

test('nor does an answer, but for the one that tells an endpoint its secret', async () => {
  for (const path of ['/v1/webhook_endpoints', '/v1/payers', '/v1/request_logs', '/v1/events']) {
    const { text, status } = await app.send({ path: `${path}?limit=100` })
    expect(status).toBe(200)
    const leaked = occurring(text).filter((name) => !name.startsWith('cashier'))
    // What an app wrote into its own payment's metadata it is told again, in the payment and its events.
    expect([path, path === '/v1/events' ? [] : leaked]).toEqual([path, []])
  }
})
