import { z } from 'zod'
import { Id } from '../../infra/http/wire.schema.js'
import { HEAD_MAX, requestLogFields, toWireRequestLog } from './request-log.schema.js'
import type { RequestLogRow } from './request-log.types.js'
import type { RelatedDelivery, RelatedEvent } from './request-log-related.repository.js'
import { SignatureRefusal, signatureRefusalOf } from './signature-refusal.rules.js'

const ObjectId = z.string().max(100)

const Headers = z.record(z.string(), z.unknown()).describe('Those that matter; secrets taken out.')
const Body = z
  .unknown()
  .describe('As JSON, secrets and personal data taken out; null when it was none, or is too large.')

const Step = z.int().min(0).nullable().describe('Microseconds.')

const RELATED_MAX = 100
const Related = z
  .object({
    events: z
      .array(z.object({ id: Id('evt'), type: z.string().max(100), object_id: ObjectId.nullable() }))
      .max(RELATED_MAX),
    objects: z
      .array(z.object({ id: ObjectId, object: z.string().max(50) }))
      .max(RELATED_MAX)
      .describe('What the call changed, and what it was about.'),
    deliveries: z
      .array(
        z.object({
          id: Id('dlv'),
          event_id: Id('evt'),
          endpoint_id: Id('whk'),
          status: z.string().max(20),
          attempt_count: z.int().min(0),
        }),
      )
      .max(RELATED_MAX)
      .describe('The webhooks of these events.'),
  })
  .meta({ id: 'RequestLogRelated', description: 'What the call caused.' })
export type Related = z.infer<typeof Related>

export const RequestLogDetail = z
  .object({
    ...requestLogFields,
    request: z.object({
      headers: Headers,
      body: Body,
      body_bytes: z.int().min(0),
      body_sha256: z.string().max(64).nullable().describe('In hex, of a body that was not kept.'),
    }),
    response: z.object({ headers: Headers, body: Body, body_bytes: z.int().min(0) }),
    signature: z
      .object({
        algorithm: z.string().max(30),
        base: z
          .string()
          .max(2 * HEAD_MAX)
          .describe('The signature base (RFC 9421 section 2.5) that was verified.'),
        is_base_redacted: z.boolean().describe('The base as it was signed is kept under seal.'),
        input: z.string().max(HEAD_MAX).describe('The value of Signature-Input after the label.'),
        value: z.string().max(2000).describe('The signature, base64.'),
      })
      .nullable()
      .describe('What proves that the owner of the key asked for this.'),
    timing: z
      .object({
        read_us: Step,
        authenticate_us: Step,
        admit_us: Step,
        handle_us: Step,
        send_us: Step,
      })
      .nullable()
      .describe('Where the time went; a step that the call never reached is null.'),
    related: Related,
    signature_refusal: SignatureRefusal.nullable().describe(
      'Why the signature was refused; null for every other call.',
    ),
  })
  .meta({ id: 'RequestLogDetail', description: 'A call with its headers, bodies and evidence.' })
export type RequestLogDetail = z.infer<typeof RequestLogDetail>

export function toWireRequestLogDetail(row: RequestLogRow, related: Related): RequestLogDetail {
  return {
    ...toWireRequestLog(row),
    request: {
      headers: JSON.parse(row.request_headers),
      body: row.request_body === null ? null : JSON.parse(row.request_body),
      body_bytes: row.request_body_bytes,
      body_sha256: row.request_body_sha256,
    },
    response: {
      headers: JSON.parse(row.response_headers),
      body: row.response_body === null ? null : JSON.parse(row.response_body),
      body_bytes: row.response_body_bytes,
    },
    signature: toWireSignature(row),
    timing: timingOf(row.timing),
    related,
    signature_refusal: signatureRefusalOf(row),
  }
}

function toWireSignature(row: RequestLogRow): RequestLogDetail['signature'] {
  const { signature_algorithm: algorithm, signature_base: base, signature: value } = row
  if (algorithm === null || base === null || value === null) return null
  const [, input = ''] = base.split('"@signature-params": ')
  return { algorithm, base, is_base_redacted: row.sealed_base !== null, input, value }
}

const NAMES: Readonly<Record<string, string>> = {
  ...{ pay: 'payment', ref: 'refund', bill: 'bill', chk: 'checkout', payer: 'payer' },
  ...{ item: 'fee_item', wal: 'wallet', key: 'key', whk: 'webhook_endpoint', evt: 'event' },
  ...{ txn: 'ledger_transaction', cor: 'ledger_correction', cha: 'channel_account' },
}

export function toRelated(
  row: RequestLogRow,
  events: readonly RelatedEvent[],
  deliveries: readonly RelatedDelivery[],
): Related {
  const objects = new Map<string, string>()
  const about = row.object_id
  if (about !== null) objects.set(about, NAMES[about.slice(0, about.indexOf('_'))] ?? 'unknown')
  for (const { object_id, object } of events) {
    if (object_id !== null) objects.set(object_id, object ?? 'unknown')
  }
  return {
    events: events.map(({ id, type, object_id }) => ({ id, type, object_id })),
    objects: [...objects].map(([id, object]) => ({ id, object })),
    deliveries: [...deliveries],
  }
}

const Timing = z
  .object({
    read: z.number(),
    authenticate: z.number(),
    admit: z.number(),
    handle: z.number(),
    send: z.number(),
  })
  .partial()

function timingOf(text: string | null): RequestLogDetail['timing'] {
  if (text === null) return null
  const { read, authenticate, admit, handle, send } = Timing.parse(JSON.parse(text))
  return {
    read_us: read ?? null,
    authenticate_us: authenticate ?? null,
    admit_us: admit ?? null,
    handle_us: handle ?? null,
    send_us: send ?? null,
  }
}
