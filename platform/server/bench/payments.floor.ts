// The floor: what a good engineer would write by hand for this one endpoint pair, and nothing else.
// Bare node:http, node:crypto and pg; one prepared statement and one commit per request.
import { createPublicKey, hash, type KeyObject, randomBytes, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Pool } from 'pg'

interface Key {
  readonly publicKey: KeyObject
  readonly institution_id: string
  readonly app_id: string
  readonly department_id: string
  readonly api_version: string
}

const { DATABASE_URL, ORIGIN = '', PORT } = process.env
const pool = new Pool({ connectionString: DATABASE_URL, max: 16, keepAlive: true })
const keys = await loadKeys()
const readNonces = new Set<string>()

const INSERT = {
  name: 'payment_insert',
  text: `
with nonces as (
  insert into request_nonces (institution_id, key_id, nonce) values ($1, $2, $3)
), keys as (
  insert into idempotency_keys (institution_id, livemode, app_id, route, key, request_hash,
    allotted_id, response_status, response_body, locked_until, expires_at)
  values ($1, false, $4, 'POST /v1/payments', $5, $6, $7, 201, $8, now(), now() + interval '24 hours')
), told as (
  insert into events (institution_id, livemode, id, app_id, type, api_version, object, created_at)
  values ($1, false, $9, $4, 'payment.created', $10, $8::jsonb, $11)
)
insert into payments (institution_id, livemode, id, app_id, department_id, out_trade_no, subject,
  currency, amount, status, return_url, expires_at, metadata, created_at, updated_at)
values ($1, false, $12, $4, $13, $14, $15, $16, $17, 'created', $18, $19, $20, $11, $11)`,
}
const SELECT = {
  name: 'payment_select',
  text: 'select * from payments where institution_id = $1 and livemode = false and id = $2 and app_id = $3',
}

createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    const isDuplicate = error instanceof Error && 'code' in error && error.code === '23505'
    send(response, isDuplicate ? 409 : 500, JSON.stringify({ detail: String(error) }))
  })
}).listen(Number(PORT), '127.0.0.1', () => process.send?.('ready'))
process.once('disconnect', () => process.exit(0))

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request
  const body = method === 'POST' ? await bodyOf(request) : null
  const signed = await authenticate(request, body)
  if (!signed) return send(response, 401, '{"code":"signature_invalid"}')
  if (body && url === '/v1/payments') return create(request, response, signed, body)
  if (method === 'GET' && url.startsWith('/v1/payments/')) {
    return read(response, signed.key, url.slice('/v1/payments/'.length))
  }
  send(response, 404, '{"code":"route_not_found"}')
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
    )
    request.on('error', reject)
  })
}

interface Signed {
  readonly key: Key
  readonly key_id: string
  readonly nonce: string
}

const INPUT =
  /^bursar=(\("([^)]*)"\);created=(\d{10});nonce="([\x21-\x7e]{16,64})";keyid="([a-z0-9_]+)";tag="bursar-request")$/
const SIGNATURE = /^bursar=:([A-Za-z0-9+/]{86}==):$/
const COVERED_WITH_BODY = '@method" "@target-uri" "content-digest" "content-type" "idempotency-key'
const COVERED_WITHOUT = '@method" "@target-uri'

/** RFC 9421 with one fixed list of components: digest, base, freshness, signature, nonce. */
async function authenticate(request: IncomingMessage, body: Buffer | null): Promise<Signed | null> {
  const { headers, method, url } = request
  const input = INPUT.exec(String(headers['signature-input']))
  const signature = SIGNATURE.exec(String(headers.signature))?.[1]
  if (!input || !signature) return null
  const [, parameters, covered, created, nonce = '', keyId = ''] = input
  const age = Date.now() / 1000 - Number(created)
  const key = keys.get(keyId)
  if (!key || age > 300 || age < -60) return null
  if (covered !== (body ? COVERED_WITH_BODY : COVERED_WITHOUT)) return null
  let base = `"@method": ${method}\n"@target-uri": ${ORIGIN}${url}\n`
  if (body) {
    if (headers['content-digest'] !== `sha-256=:${hash('sha256', body, 'base64')}:`) return null
    base += `"content-digest": ${headers['content-digest']}\n"content-type": ${headers['content-type']}\n`
    base += `"idempotency-key": ${headers['idempotency-key']}\n`
  }
  base += `"@signature-params": ${parameters}`
  if (!(await isSigned(key.publicKey, Buffer.from(base, 'latin1'), signature))) return null
  if (!body) {
    if (readNonces.has(nonce)) return null
    readNonces.add(nonce)
  }
  return { key, key_id: keyId, nonce }
}

/** With a callback, the arithmetic runs on another core. */
function isSigned(key: KeyObject, base: Buffer, signature: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, base, key, Buffer.from(signature, 'base64'), (error, isValid) => {
      if (error) reject(error)
      else resolve(isValid)
    })
  })
}

interface CreatePayment {
  readonly out_trade_no: string
  readonly amount: number
  readonly subject: string
  readonly currency?: string
  readonly return_url?: string
  readonly metadata?: Record<string, string>
}

async function create(
  request: IncomingMessage,
  response: ServerResponse,
  { key, key_id, nonce }: Signed,
  body: Buffer,
): Promise<void> {
  const asked: CreatePayment = JSON.parse(body.toString())
  if (!isAcceptable(asked)) return send(response, 400, '{"code":"request_invalid"}')
  const now = new Date()
  const suffix = newSuffix(now)
  const payment = {
    id: `pay_${suffix}`,
    department_id: key.department_id,
    checkout_id: null,
    out_trade_no: asked.out_trade_no,
    subject: asked.subject,
    amount: asked.amount,
    amount_refunded: 0,
    currency: asked.currency ?? 'CNY',
    status: 'created',
    channel: null,
    method: null,
    failure_code: null,
    failure_message: null,
    return_url: asked.return_url ?? null,
    expires_at: new Date(now.getTime() + 30 * 60_000),
    succeeded_at: null,
    closed_at: null,
    metadata: asked.metadata ?? {},
    created_at: now,
  }
  const wire = toWire(payment)
  await pool.query({
    ...INSERT,
    values: [
      key.institution_id,
      key_id,
      nonce,
      key.app_id,
      request.headers['idempotency-key'],
      hash('sha256', body, 'buffer'),
      suffix,
      wire,
      `evt_${newSuffix(now)}`,
      key.api_version,
      now,
      payment.id,
      key.department_id,
      payment.out_trade_no,
      payment.subject,
      payment.currency,
      payment.amount,
      payment.return_url,
      payment.expires_at,
      JSON.stringify(payment.metadata),
    ],
  })
  send(response, 201, wire)
}

function isAcceptable(asked: CreatePayment): boolean {
  return (
    /^[A-Za-z0-9_\-.:/]{1,64}$/.test(asked.out_trade_no) &&
    Number.isSafeInteger(asked.amount) &&
    asked.amount > 0 &&
    typeof asked.subject === 'string' &&
    asked.subject.length <= 120
  )
}

async function read(response: ServerResponse, key: Key, id: string): Promise<void> {
  const { rows } = await pool.query<PaymentRow>({
    ...SELECT,
    values: [key.institution_id, id, key.app_id],
  })
  const [row] = rows
  if (!row) return send(response, 404, '{"code":"payment_not_found"}')
  send(response, 200, toWire(row))
}

interface PaymentRow {
  readonly id: string
  readonly department_id: string
  readonly checkout_id: string | null
  readonly out_trade_no: string
  readonly subject: string
  readonly amount: number | string
  readonly amount_refunded: number | string
  readonly currency: string
  readonly status: string
  readonly channel: string | null
  readonly method: string | null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly return_url: string | null
  readonly expires_at: Date
  readonly succeeded_at: Date | null
  readonly closed_at: Date | null
  readonly metadata: unknown
  readonly created_at: Date
}

/** As many bytes as the platform's answer, field for field. */
function toWire(row: PaymentRow): string {
  return JSON.stringify({
    id: row.id,
    object: 'payment',
    livemode: false,
    created_at: row.created_at,
    department: row.department_id,
    checkout: row.checkout_id,
    out_trade_no: row.out_trade_no,
    subject: row.subject,
    amount: Number(row.amount),
    amount_refunded: Number(row.amount_refunded),
    currency: row.currency,
    status: row.status,
    channel: row.channel,
    method: row.method,
    next_action: null,
    cashier_url: `${ORIGIN}/cashier/${row.id}.t${row.id.slice(4)}.AAAAAAAAAAAAAAAAAAAAAA`,
    failure:
      row.failure_code === null
        ? null
        : { code: row.failure_code, message: row.failure_message ?? '' },
    return_url: row.return_url,
    expires_at: row.expires_at,
    succeeded_at: row.succeeded_at,
    closed_at: row.closed_at,
    metadata: row.metadata,
  })
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Sorts by time, like the platform's ids, so that the indexes grow at the same place. */
function newSuffix(now: Date): string {
  return now.getTime().toString(16).padStart(12, '0') + randomBytes(7).toString('hex')
}

async function loadKeys(): Promise<ReadonlyMap<string, Key>> {
  const { rows } = await pool.query<Omit<Key, 'publicKey'> & { id: string; public_key: string }>(
    `select key.id, key.public_key, key.institution_id, key.app_id, app.department_id, app.api_version
       from api_keys key join apps app on app.institution_id = key.institution_id and app.id = key.app_id`,
  )
  return new Map(
    rows.map((row) => [row.id, { ...row, publicKey: createPublicKey(row.public_key) }]),
  )
}
