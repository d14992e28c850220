import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import type { JobHandler } from '../../../infra/jobs/jobs.js'
import { EXPORT_WRITE_JOB } from './export.service.js'
import { ExportWriteService } from './export-write.service.js'

const Payload = z.object({ institution_id: z.string(), livemode: z.boolean(), id: z.string() })

/** Writes the file of an export, from where the last worker stopped. */
@Injectable()
export class ExportWriteJob implements JobHandler {
  readonly name = EXPORT_WRITE_JOB

  constructor(private readonly writer: ExportWriteService) {}

  async run(payload: unknown): Promise<void> {
    const { id, ...tenant } = Payload.parse(payload)
    await this.writer.write(tenant, id)
  }
}
