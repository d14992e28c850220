// Shared by this module's specs: a receiver that listens, and the real services on a real database.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { PlatformKeyRepository } from '../../infra/crypto/platform-key.repository.js'
import { PlatformKeys } from '../../infra/crypto/platform-keys.js'
import { encrypt, Vault } from '../../infra/crypto/vault.js'
import type { Database } from '../../infra/database/database.js'
import type { Caller } from '../../infra/http/caller.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { assert } from '../../kernel/assert.js'
import { newId } from '../../kernel/id.js'
import { API_VERSION_LATEST } from '../../versions/versions.js'
import { DeliveryRepository } from './deliveries/delivery.repository.js'
import { DeliveryService } from './deliveries/delivery.service.js'
import { DeliveryAttemptService } from './deliveries/delivery-attempt.service.js'
import { DeliveryDispatchService } from './deliveries/delivery-dispatch.service.js'
import { DeliveryListRepository } from './deliveries/delivery-list.repository.js'
import { DeliveryRecordService } from './deliveries/delivery-record.service.js'
import { DeliveryResendRepository } from './deliveries/delivery-resend.repository.js'
import { DeliveryResendService } from './deliveries/delivery-resend.service.js'
import { type HostResolver, resolveHost } from './deliveries/host.resolver.js'
import { WebhookClient } from './deliveries/webhook.client.js'
import { WebhookSigner } from './deliveries/webhook.signer.js'
import { WebhookEndpointRepository } from './endpoints/webhook-endpoint.repository.js'
import { WebhookEndpointService } from './endpoints/webhook-endpoint.service.js'
import { WebhookSecretRepository } from './endpoints/webhook-secret.repository.js'
import { EventRepository } from './events/event.repository.js'
import { EventService } from './events/event.service.js'
import { EventRelayRepository } from './events/event-relay.repository.js'
import { EventRelayService } from './events/event-relay.service.js'
import { EventWaitingService } from './events/event-waiting.service.js'
import { WebhookGradeRepository } from './grades/grade.repository.js'
import { WebhookGradeService } from './grades/grade.service.js'
import { GradeRunService } from './grades/grade-run.service.js'
import { WebhookResendRepository } from './resends/resend.repository.js'
import { WebhookResendService } from './resends/resend.service.js'

export interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An HTTP server on localhost that keeps what it was sent and answers as it is told. */
export async function startReceiver(
  answer: (request: ReceivedRequest, response: ServerResponse) => void,
) {
  const received: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = { path: request.url ?? '', headers: request.headers, body }
      received.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert(address !== null && typeof address === 'object', 'the receiver listens on a port')
  return {
    url: `http://localhost:${address.port}`,
    received,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const masterKey = randomBytes(32)

export function makeVault(): Vault {
  return new Vault(masterKey, {
    find: async (id) => encrypt(masterKey, `institutions.data_key:${id}`, Buffer.alloc(32, id)),
  })
}

export function makeCaller(changes: Partial<Caller> = {}): Caller {
  return {
    institution_id: newId('inst'),
    app_id: newId('app'),
    department_id: newId('dept'),
    livemode: false,
    credential: 'signature',
    actor_id: 'key_of_the_fixture',
    key_id: newId('key'),
    operator: null,
    payer_id: null,
    scopes: new Set(['webhooks:read', 'webhooks:write']),
    api_version: API_VERSION_LATEST,
    request_id: newId('req'),
    idempotency: null,
    ...changes,
  }
}

export interface WebhooksOptions {
  readonly deadlineMs?: number
  readonly resolve?: HostResolver
}

/** Everything of the module, wired by hand, as one worker process has it. */
export function makeWebhooks(database: Database, options: WebhooksOptions = {}) {
  const vault = makeVault()
  const keys = new PlatformKeys(new PlatformKeyRepository(database), vault)
  const client = new WebhookClient(options.resolve ?? resolveHost, options)
  const deliveries = new DeliveryRepository(database)
  const signer = new WebhookSigner(keys, vault)
  const records = new DeliveryRecordService(deliveries)
  const attempts = new DeliveryAttemptService(client, signer, records)
  const endpoints = new WebhookEndpointService(
    new WebhookEndpointRepository(database),
    vault,
    new WebhookSecretRepository(database),
  )
  const events = new EventRepository(database)
  const waiting = new EventWaitingService(events)
  const resendRows = new DeliveryResendRepository()
  const listed = new DeliveryListRepository(database)
  const told = new EventService(events, waiting)
  const grades = new WebhookGradeRepository(database)
  return {
    keys,
    grades: new WebhookGradeService(endpoints, grades),
    gradeRun: new GradeRunService(grades, signer, client),
    endpoints,
    deliveries,
    attempts,
    waiting,
    events: told,
    resend: new DeliveryResendService(database, endpoints, told, listed, resendRows),
    resends: new WebhookResendService(
      database,
      endpoints,
      new WebhookResendRepository(database),
      resendRows,
    ),
    relay: new EventRelayService(database, new EventRelayRepository()),
    list: new DeliveryService(endpoints, listed),
    dispatch: new DeliveryDispatchService(deliveries, attempts, client),
  }
}

export type Webhooks = ReturnType<typeof makeWebhooks>

/** Writes events as a domain would, in the transaction of its change. */
export async function emit(
  database: Database,
  caller: Caller,
  type: string,
  count = 1,
): Promise<void> {
  const { institution_id, livemode, app_id, api_version } = caller
  const events = Array.from({ length: count }, (_, index) => {
    const object = { id: newId('bill'), object: 'bill', amount: 9_007_199_254_740_991, index }
    return { institution_id, livemode, app_id, type, api_version, object }
  })
  await database.transaction((tx) => appendEvents(tx, events))
}

/** Makes a waiting delivery due now, as if the time until its next try had passed. */
export async function makeDue(database: Database, endpointId: string): Promise<void> {
  await database.query(
    `update webhook_deliveries set next_attempt_at = now()
      where endpoint_id = $1 and status = 'pending'`,
    [endpointId],
  )
}

export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number) {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
