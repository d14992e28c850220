import { Logger } from '@nestjs/common'
import type { Vault } from '../../infra/crypto/vault.js'
import { Database } from '../../infra/database/database.js'
import { RequestLogRepository } from './request-log.repository.js'
import { sealContextOf } from './request-log.service.js'
import type { RequestRecord } from './request-log.types.js'
import { RequestLogWriter } from './request-log.writer.js'
import { RequestLogPartitionRepository } from './request-log-partition.repository.js'

const DAY_MS = 86_400_000

/** Where the gateway leaves what happened. It has a connection of its own: no request ever waits for the log's. */
export class RequestLogSink {
  private readonly logger = new Logger('RequestLog')
  private readonly database: Database
  private readonly writer: RequestLogWriter

  constructor(databaseUrl: string, vault: Vault) {
    this.database = new Database(databaseUrl, { connectionsMax: 1, mayLoseLastMoment: true })
    this.writer = new RequestLogWriter({
      store: new RequestLogRepository(this.database),
      seal: (row, text) => vault.seal(row.institution_id, sealContextOf(row), text),
      warn: (facts, message) => this.logger.warn({ ...facts }, message),
    })
  }

  /** Without today's partition rows go to the default one, from where the worker's hourly task moves them. */
  async start(): Promise<void> {
    const partitions = new RequestLogPartitionRepository(this.database)
    try {
      for (const days of [0, 1]) await partitions.create(new Date(Date.now() + days * DAY_MS))
    } catch (error) {
      this.logger.warn({ err: error }, "the request log's partitions could not be made")
    }
  }

  add(record: RequestRecord): void {
    this.writer.add(record)
  }

  /** Writes the last rows. Call it when no request can come any more. */
  async close(): Promise<void> {
    await this.writer.close()
    await this.database.close()
  }
}
