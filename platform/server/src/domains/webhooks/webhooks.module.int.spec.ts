import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Global, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { AppClockRepository } from '../../infra/clock/app-clock.repository.js'
import { AppClocks } from '../../infra/clock/app-clocks.js'
import { PlatformKeyRepository } from '../../infra/crypto/platform-key.repository.js'
import { PlatformKeys } from '../../infra/crypto/platform-keys.js'
import { Vault } from '../../infra/crypto/vault.js'
import { Database } from '../../infra/database/database.js'
import { IdempotencyRepository } from '../../infra/idempotency/idempotency.repository.js'
import { IdempotencyService } from '../../infra/idempotency/idempotency.service.js'
import { JobRunner } from '../../infra/jobs/jobs.js'
import { WebhookDeliverJob } from './deliveries/webhook-deliver.job.js'
import { WebhookRecoverJob } from './deliveries/webhook-recover.job.js'
import { WebhookEndpointService } from './endpoints/webhook-endpoint.service.js'
import { EventRelayJob } from './events/event-relay.job.js'
import { JwksController } from './jwks.controller.js'
import { emit, makeCaller, makeVault, startReceiver, until } from './webhooks.fixture.js'
import { WebhooksModule } from './webhooks.module.js'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

async function startWorker() {
  @Global()
  @Module({
    providers: [
      { provide: Database, useValue: db.database },
      { provide: Vault, useValue: makeVault() },
      AppClockRepository,
      AppClocks,
      PlatformKeyRepository,
      PlatformKeys,
      // The controllers' routes ask for it.
      {
        provide: IdempotencyService,
        useValue: new IdempotencyService(new IdempotencyRepository(db.database), 'https://docs'),
      },
    ],
    exports: [Database, Vault, AppClocks, PlatformKeys, IdempotencyService],
  })
  class Infra {}

  @Module({ imports: [Infra, WebhooksModule] })
  class Worker {}

  const app = await NestFactory.createApplicationContext(Worker, { logger: false })
  const errors: unknown[] = []
  const runner = new JobRunner({
    pool: db.pool,
    handlers: [app.get(WebhookDeliverJob)],
    periodic: [app.get(EventRelayJob), app.get(WebhookRecoverJob)],
    onError: (error) => errors.push(error),
  })
  await runner.start()
  const stop = async () => {
    await runner.stop()
    await app.close()
  }
  return { app, errors, stop }
}

describe('a worker', () => {
  test('delivers an event, and again after the pause when the first try fails', async () => {
    const statuses = [500, 200]
    const receiver = await startReceiver((_, response) => {
      response.writeHead(statuses[receiver.received.length - 1] ?? 200).end()
    })
    const { app, errors, stop } = await startWorker()
    try {
      const caller = makeCaller()
      const body = { url: receiver.url, event_types: [], metadata: {} }
      await app.get(WebhookEndpointService).create(caller, body)
      const startedAt = Date.now()
      await emit(db.database, caller, 'bill.created')
      await until(() => receiver.received.length === 1, 3_000)
      expect(Date.now() - startedAt).toBeLessThan(2_000)
      await until(() => receiver.received.length === 2, 10_000)
      expect(Date.now() - startedAt).toBeGreaterThan(4_400)
      await until(async () => {
        const rows = await db.database.prisma.webhook_delivery.findMany()
        return rows.every(({ status }) => status === 'delivered')
      }, 3_000)
      const [first, second] = receiver.received
      expect(second?.body).toBe(first?.body)
      expect(errors).toEqual([])
    } finally {
      await stop()
      await receiver.close()
    }
    const jobs = await db.database.query('select from graphile_worker._private_jobs')
    expect(jobs).toHaveLength(0)
  }, 30_000)

  test('publishes the key it signs with', async () => {
    const { app, stop } = await startWorker()
    try {
      const { keys } = await app.get(JwksController).list()
      expect(keys.filter(({ purpose }) => purpose === 'webhook')).toHaveLength(1)
      expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' })
      expect(keys[0]).not.toHaveProperty('d')
    } finally {
      await stop()
    }
  })
})
