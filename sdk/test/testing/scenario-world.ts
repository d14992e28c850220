import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto'
import { expect } from '@jest/globals'
import {
  type Bill,
  Bursar,
  BursarError,
  type BursarEvent,
  type CreateFeeItem,
  type CreatePayment,
  type FeeItem,
  type Payer,
  type Payment,
  signatureBase,
} from '@openbursar/sdk'

/** What a scenario needs to know of the place where it is played; it must not care which one that is. */
export interface ScenarioWorld {
  readonly bursar: Bursar
  readonly baseUrl: string
  readonly fetch: typeof globalThis.fetch
  readonly keyId: string
  readonly privateKey: string
  readonly departmentId: string
  readonly webhookPublicKey: string
  /** A client with a further key of the same app, such as that of a second person. */
  secondPerson(): Promise<Bursar>
  /** A client whose key has these scopes only. */
  restricted(scopes: readonly string[]): Promise<Bursar>
  /** Where to register webhook endpoints, and what was sent there. */
  readonly receiver: { readonly url: string; received(): Promise<readonly Received[]> }
  /** Asks until the answer is good, or fails. */
  until<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean): Promise<T>
}

export interface Received {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Lets each file of scenarios open a world of its own. */
export type OpenWorld = () => Promise<ScenarioWorld>

/** A number that nobody used before. */
export const newNumber = (): string => `s-${randomBytes(8).toString('hex')}`

export const newPayer = ({ bursar }: ScenarioWorld): Promise<Payer> =>
  bursar.payers.create({
    kind: 'student',
    number_type: 'student_no',
    number: newNumber(),
    name: '张三丰',
  })

export const newFeeItem = (
  { bursar }: ScenarioWorld,
  changes: Partial<CreateFeeItem> = {},
): Promise<FeeItem> =>
  bursar.feeItems.create({ code: newNumber(), name: '学费', kind: 'tuition', ...changes })

export async function newBill(
  world: ScenarioWorld,
  changes: { amount?: number; feeItem?: Partial<CreateFeeItem>; expires_at?: string } = {},
): Promise<Bill> {
  const { amount = 10_000, feeItem, ...rest } = changes
  const [payer, item] = await Promise.all([newPayer(world), newFeeItem(world, feeItem)])
  const owed = { payer: payer.id, fee_item: item.id, out_bill_no: newNumber(), amount }
  return world.bursar.bills.create({ ...owed, ...rest })
}

export const newPayment = (
  { bursar }: ScenarioWorld,
  changes: Partial<CreatePayment> = {},
): Promise<Payment> =>
  bursar.payments.create({
    out_trade_no: newNumber(),
    ...(changes.checkout === undefined ? { amount: 8_000, subject: '报名费' } : {}),
    channel: 'wechatpay',
    ...changes,
  })

export async function newPaidPayment(
  world: ScenarioWorld,
  changes: Partial<CreatePayment> = {},
): Promise<Payment> {
  const { id } = await newPayment(world, changes)
  await world.bursar.testHelpers.payments.simulate(id, { action: 'pay', notify: 'normal' })
  return paymentIn(world, id, 'succeeded')
}

export const paymentIn = (
  { bursar, until }: ScenarioWorld,
  id: string,
  status: Payment['status'],
): Promise<Payment> =>
  until(
    () => bursar.payments.get(id),
    (payment) => payment.status === status,
  )

/** Types of the events of one object, in order, once there are as many. */
export async function eventTypesOf(
  { bursar, until }: ScenarioWorld,
  id: string,
  count: number,
): Promise<string[]> {
  const isOf = ({ data }: { data: BursarEvent['data'] | object }): boolean =>
    JSON.stringify(data).includes(`{"object":{"id":"${id}"`)
  const ask = async () => (await bursar.events.list().toArray({ limit: 300 })).filter(isOf)
  const events = await until(ask, (known) => known.length >= count)
  return events.reverse().map(({ type }) => type)
}

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly outcome?: 'failed' | 'unknown'
  readonly retryable?: boolean
  readonly pointers?: readonly string[]
}

/** The call is refused in exactly these terms. */
export async function expectRefusal(call: PromiseLike<unknown>, refusal: Refusal): Promise<void> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof BursarError)) throw error ?? new Error('the call was not refused')
  const { code, errors, outcome, retryable, status } = error
  expect({
    status,
    code,
    ...('outcome' in refusal ? { outcome } : {}),
    ...('retryable' in refusal ? { retryable } : {}),
    ...('pointers' in refusal ? { pointers: errors.map(({ pointer }) => pointer) } : {}),
  }).toEqual(refusal)
}

/** A signed request, of which anything may be wrong. */
export interface RawCall {
  readonly method?: string
  readonly path: string
  readonly body?: object | string
  readonly idempotencyKey?: string | null
  readonly keyId?: string
  readonly privateKey?: string
  readonly created?: number
  readonly nonce?: string
  /** Changes the headers after they were signed. */
  readonly tamper?: (sent: { readonly headers: Headers }) => void
  /** Sent instead of the body that was signed. */
  readonly bodySent?: string
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** Sends it as a program without the SDK would. */
export async function send(world: ScenarioWorld, call: RawCall): Promise<RawAnswer> {
  const text = typeof call.body === 'object' ? JSON.stringify(call.body) : call.body
  const method = call.method ?? (text === undefined ? 'GET' : 'POST')
  const url = `${world.baseUrl}${call.path}`
  const headers = new Headers()
  if (text !== undefined) {
    const digest = createHash('sha256').update(text).digest('base64')
    headers.set('content-type', 'application/json')
    headers.set('content-digest', `sha-256=:${digest}:`)
  }
  const key = call.idempotencyKey === undefined ? newNumber() : call.idempotencyKey
  if (method === 'POST' && key !== null) headers.set('idempotency-key', key)
  const created = call.created ?? Math.floor(Date.now() / 1000)
  const nonce = call.nonce ?? randomBytes(16).toString('hex')
  const request = { method, targetUri: url, headers }
  const { base, params } = signatureBase(request, call.keyId ?? world.keyId, { created, nonce })
  const privateKey = createPrivateKey(call.privateKey ?? world.privateKey)
  const signature = sign(null, Buffer.from(base), privateKey).toString('base64')
  headers.set('signature-input', `bursar=${params}`)
  headers.set('signature', `bursar=:${signature}:`)
  call.tamper?.({ headers })
  const changed = call.bodySent ?? text
  const init = { method, headers, ...(changed === undefined ? {} : { body: changed }) }
  const response = await world.fetch(url, init)
  const answer = await response.text()
  const { status } = response
  return { status, headers: response.headers, json: answer === '' ? {} : JSON.parse(answer) }
}
