import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { SignJWT } from 'jose'
import { newNumber } from '../../support/fixtures.js'
import {
  type PreparedRequest,
  prepareRequest,
  type RawAnswer,
  type RawRequest,
  transmit,
} from '../../support/raw-request.js'
import { until } from '../../support/until.js'
import type { FaultApp } from '../fault-app.js'
import type { FaultPlatform } from '../fault-platform.js'
import type { Scenario, Stage } from '../scenario.types.js'

const AT_ONCE = 50
const PAID = 1_000
const REFUND = 90

/** The same bytes or others, fifty at once, half of them to either API process. */
class Crowd {
  readonly app: FaultApp
  private readonly platform: FaultPlatform

  constructor(platform: FaultPlatform) {
    const [app] = platform.apps
    if (!app) throw new Error('the platform has no app')
    this.platform = platform
    this.app = app
  }

  prepare(request: RawRequest): PreparedRequest {
    const { key_id: keyId, private_key: privateKey } = this.app
    return prepareRequest({ apiBase: this.platform.origin, keyId, privateKey }, request)
  }

  send(requests: readonly PreparedRequest[]): Promise<RawAnswer[]> {
    const { apis, front } = this.platform.ports
    return Promise.all(
      requests.map((request, index) => {
        const port = apis[index % apis.length] ?? front
        const url = Object.assign(new URL(request.url), { port: String(port) })
        return transmit({ ...request, url: url.toString() })
      }),
    )
  }

  fifty(make: () => PreparedRequest): Promise<RawAnswer[]> {
    return this.send(Array.from({ length: AT_ONCE }, make))
  }
}

export const concurrency: readonly Scenario[] = [
  {
    name: 'same-create',
    does: '50 identical creates at once, to two API processes, under one key and under one number',
    isShort: true,
    backWithinMs: 30_000,
    prepare: twoApis,
    async strike(stage) {
      const crowd = new Crowd(stage.platform)
      const body = () => ({
        out_trade_no: newNumber(),
        amount: 500,
        subject: 'x',
        channel: 'wechatpay',
      })
      const path = '/v1/payments'
      const once = { path, body: body(), idempotencyKey: newNumber() }
      const underOneKey = await crowd.fifty(() => crowd.prepare(once))
      const number = body()
      const underOneNumber = await crowd.fifty(() => crowd.prepare({ path, body: number }))
      for (const answers of [underOneKey, underOneNumber]) await expectOnePayment(stage, answers)
    },
  },
  {
    name: 'many-refunds',
    does: '50 refunds at once, to two API processes, that together exceed the payment',
    isShort: true,
    backWithinMs: 30_000,
    prepare: twoApis,
    async strike(stage) {
      const crowd = new Crowd(stage.platform)
      const payment = await paidPayment(crowd.app)
      const answers = await crowd.fifty(() => {
        const body = { payment, out_refund_no: newNumber(), amount: REFUND }
        return crowd.prepare({ path: '/v1/refunds', body })
      })
      const accepted = answers.filter(({ status }) => status === 201).length
      expectOnly(answers, [201, 409])
      expectCount('accepted refunds', accepted, Math.floor(PAID / REFUND))
      const left = await crowd.app.bursar.payments.get(payment)
      if (left.amount_refunded > PAID)
        throw new Error(`refunded ${left.amount_refunded} of ${PAID}`)
      stage.note(`${accepted} of ${AT_ONCE} accepted, ${accepted * REFUND} of ${PAID}`)
    },
  },
  {
    name: 'single-use',
    does: '50 uses at once, at two API processes, of one client assertion, one DPoP proof, one nonce',
    isShort: true,
    backWithinMs: 30_000,
    prepare: twoApis,
    async strike({ platform, note }) {
      const crowd = new Crowd(platform)
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const assertion = await clientAssertion(platform.origin, crowd.app)
      const asked = await crowd.fifty(() => tokenRequest(platform.origin, assertion))
      expectOne('assertion', asked, [200], [400, 401])
      const token = await boundToken(crowd, platform.origin, keys)
      const url = `${platform.origin}/v1/payments`
      const dpop = await proofOf(keys, { htm: 'GET', htu: url }, token)
      const headers = { authorization: `DPoP ${token}`, dpop }
      const read = { method: 'GET', url, headers, body: null }
      expectOne('proof', await crowd.fifty(() => read), [200], [401])
      const body = { out_trade_no: newNumber(), amount: 500, subject: 'x' }
      const create = crowd.prepare({ path: '/v1/payments', body })
      expectOne('nonce', await crowd.fifty(() => create), [201], [401, 409])
      note('one acceptance each')
    },
  },
]

function twoApis() {
  return { settings: { apis: [null, null] } }
}

async function expectOnePayment(stage: Stage, answers: readonly RawAnswer[]): Promise<void> {
  expectOnly(answers, [200, 201, 409])
  const ids = new Set(
    answers.flatMap(({ status, json }) => (status < 300 ? [String(json.id)] : [])),
  )
  expectCount('payments', ids.size, 1)
  const { rows } = await stage.platform.pool.query<{ count: string }>(
    'select count(*) from payment_attempts where payment_id = any ($1)',
    [[...ids]],
  )
  expectCount('orders at the channel', Number(rows[0]?.count), 1)
}

async function paidPayment({ bursar }: FaultApp): Promise<string> {
  const params = {
    out_trade_no: newNumber(),
    amount: PAID,
    subject: 'x',
    channel: 'wechatpay',
  } as const
  const { id } = await bursar.payments.create(params)
  await bursar.testHelpers.payments.simulate(id, { action: 'pay' })
  await until(
    () => bursar.payments.get(id),
    ({ status }) => status === 'succeeded',
    30_000,
  )
  return id
}

function clientAssertion(origin: string, { app_id, key_id, private_key }: FaultApp) {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({
    iss: app_id,
    sub: app_id,
    aud: origin,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
  })
    .setProtectedHeader({ alg: 'EdDSA', kid: key_id })
    .sign(createPrivateKey(private_key))
}

function tokenRequest(
  origin: string,
  assertion: string,
  headers: Readonly<Record<string, string>> = {},
): PreparedRequest {
  const body = Buffer.from(
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
  )
  const type = 'application/x-www-form-urlencoded'
  const all = { 'content-type': type, 'content-length': String(body.length), ...headers }
  return { method: 'POST', url: `${origin}/oauth2/token`, headers: all, body }
}

interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

async function boundToken(crowd: Crowd, origin: string, keys: Keys): Promise<string> {
  const dpop = await proofOf(keys, { htm: 'POST', htu: `${origin}/oauth2/token` })
  const request = tokenRequest(origin, await clientAssertion(origin, crowd.app), { dpop })
  const [answer] = await crowd.send([request])
  if (answer?.status !== 200) throw new Error(`no token: ${answer?.status} ${answer?.text}`)
  return String(answer.json.access_token)
}

function proofOf(
  { publicKey, privateKey }: Keys,
  of: { readonly htm: string; readonly htu: string },
  token?: string,
) {
  const ath = token && { ath: createHash('sha256').update(token).digest('base64url') }
  const claims = { ...of, ...ath, jti: randomUUID(), iat: Math.floor(Date.now() / 1000) }
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } })
    .sign(privateKey)
}

function expectOne(
  what: string,
  answers: readonly RawAnswer[],
  yes: readonly number[],
  no: readonly number[],
): void {
  expectOnly(answers, [...yes, ...no])
  expectCount(
    `acceptances of one ${what}`,
    answers.filter(({ status }) => yes.includes(status)).length,
    1,
  )
}

function expectOnly(answers: readonly RawAnswer[], statuses: readonly number[]): void {
  const other = answers.find(({ status }) => !statuses.includes(status))
  if (other) throw new Error(`an answer that was not expected: ${other.status} ${other.text}`)
}

function expectCount(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`)
}
