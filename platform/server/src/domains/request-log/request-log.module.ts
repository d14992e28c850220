import { Module } from '@nestjs/common'
import { RequestLogController } from './request-log.controller.js'
import { RequestLogRepository } from './request-log.repository.js'
import { RequestLogService } from './request-log.service.js'
import { RequestLogPartitionJob } from './request-log-partition.job.js'
import { RequestLogPartitionRepository } from './request-log-partition.repository.js'
import { RequestLogRelatedRepository } from './request-log-related.repository.js'
import { RequestLogTailRepository } from './request-log-tail.repository.js'
import { RequestLogTailService } from './request-log-tail.service.js'

/** Needs `Database`, `Vault` and the clock, which the processes provide globally. */
@Module({
  controllers: [RequestLogController],
  providers: [
    RequestLogRepository,
    RequestLogPartitionRepository,
    RequestLogPartitionJob,
    RequestLogRelatedRepository,
    RequestLogTailRepository,
    RequestLogTailService,
    RequestLogService,
  ],
  exports: [RequestLogService, RequestLogPartitionJob],
})
export class RequestLogModule {}
